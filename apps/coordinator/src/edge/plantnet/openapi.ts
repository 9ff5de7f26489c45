/** /v2 as an OpenAPI document (3.1), for programs that make clients, and for /v2/docs. A test holds it against the routes and their answers. */
import { ASKED_ORGANS, MOST_IMAGE_BYTES, MOST_IMAGES } from './asked-photos.ts'
import { day, fields, flag, list, ref, SCHEMAS, type Schema, text } from './openapi-schemas.ts'
import { WORLD } from './projects.ts'

type Parameter = {
  name: string
  in: 'query' | 'path'
  description: string
  required?: boolean
  schema: Schema
}
type Answer = { description: string; content?: { [type: string]: { schema: Schema } }; headers?: Schema }
export type Operation = {
  summary: string
  description?: string
  security?: Schema[]
  parameters?: Parameter[]
  requestBody?: Schema
  responses: { [status: string]: Answer }
}
export type OpenApiDocument = {
  openapi: string
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  security: Schema[]
  paths: { [path: string]: { [method: string]: Operation } }
  components: { securitySchemes: Schema; schemas: { [name: string]: Schema } }
}

const answer = (description: string, schema: Schema): Answer => ({
  description,
  content: { 'application/json': { schema } },
})

function query(name: string, schema: Schema, description: string): Parameter {
  return { name, in: 'query', description, schema }
}

const PROJECT: Parameter = {
  name: 'project',
  in: 'path',
  required: true,
  description: `\`all\` (which is \`${WORLD}\`), or the name of the flora.`,
  schema: text,
}
const LANG = query(
  'lang',
  { ...text, default: 'en' },
  'Of common names. A language that is not known here is answered in English.',
)
const TYPE = query(
  'type',
  { enum: ['kt', 'legacy'], default: 'kt' },
  'Kind of referential. Both are the same here.',
)

const FAULTS: { [status: string]: string } = {
  '400': 'Something in the address or the form is wrong: the message says what.',
  '401': 'There is no `api-key`.',
  '403': 'The key is unknown or revoked, or not for pages of this origin.',
  '404': 'There is no such project, or nothing of that name: `Species not found`.',
  '413': `The images have more than ${MOST_IMAGE_BYTES} bytes together.`,
  '414': 'The address is too long.',
  '415': 'A file is neither JPEG nor PNG, or something else besides: `Unsupported file type for image`.',
  '429':
    'The day’s identifications are used up, or there is too much to do: `Retry-After` says when to ask again.',
  '503': 'No model is published yet, or the site cannot reach its data.',
}

function operation(
  summary: string,
  ok: Answer,
  {
    parameters = [],
    faults = ['401', '403', '414', '503'],
    ...more
  }: Partial<Operation> & { faults?: string[] } = {},
): Operation {
  const failures = Object.fromEntries(faults.map((status) => [status, answer(FAULTS[status]!, ref('Error'))]))
  return { summary, ...more, parameters, responses: { '200': ok, ...failures } }
}

const IDENTIFY_PARAMETERS = [
  PROJECT,
  query(
    'include-related-images',
    { ...flag, default: false },
    'Whether each result has photos to compare with.',
  ),
  query('no-reject', { ...flag, default: false }, 'Answers also where no plant is recognised.'),
  query('nb-results', { type: 'integer', minimum: 1, maximum: 1000, default: 10 }, 'How many species.'),
  LANG,
  TYPE,
  query('detailed', { ...flag, default: false }, 'Adds the scores of genera and families.'),
]
const IDENTIFIED: Answer = {
  ...answer('The species, best first.', ref('Identification')),
  headers: { RateLimit: { schema: text }, 'RateLimit-Policy': { schema: text } },
}
const ORGANS_OF_IMAGES = {
  ...list({ enum: ASKED_ORGANS }),
  description: 'One for each image, in their order, or none. May stand in the address instead.',
}

const IDENTIFY = operation('Names a plant', IDENTIFIED, {
  description:
    'From one to five photos of one plant. The photos are computed beside each other and their scores are averaged; nothing of them is kept.',
  faults: ['400', '401', '403', '404', '413', '414', '415', '429', '503'],
  parameters: IDENTIFY_PARAMETERS,
  requestBody: {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['images'],
          properties: {
            images: {
              ...list({ type: 'string', contentMediaType: 'image/jpeg' }),
              minItems: 1,
              maxItems: MOST_IMAGES,
              description: `JPEG or PNG, together at most ${MOST_IMAGE_BYTES} bytes.`,
            },
            organs: ORGANS_OF_IMAGES,
          },
        },
      },
    },
  },
})

const IDENTIFY_BY_ADDRESS = operation('Names a plant whose photos are on the web', IDENTIFIED, {
  description:
    'As by a form, from the photos’ addresses. The site fetches only from hosts that its operator has named (`--image-hosts`); others, and where none is named all, are answered 403.',
  faults: ['400', '401', '403', '404', '413', '414', '415', '429', '503'],
  parameters: [
    ...IDENTIFY_PARAMETERS,
    {
      ...query(
        'images',
        { ...list(text), minItems: 1, maxItems: MOST_IMAGES },
        'Addresses of JPEG or PNG files.',
      ),
      required: true,
    },
    query('organs', list({ enum: ASKED_ORGANS }), 'One for each image, in their order, or none.'),
  ],
})

const SPECIES_LIST = operation('The species', answer('By scientific name.', list(ref('Species'))), {
  faults: ['400', '401', '403', '404', '414', '503'],
  parameters: [
    LANG,
    TYPE,
    query('pageSize', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }, 'How many at a time.'),
    query('page', { type: 'integer', minimum: 1, default: 1 }, 'Which of these.'),
    query('prefix', text, 'How the scientific name begins.'),
  ],
})

const PATHS: OpenApiDocument['paths'] = {
  '/v2/identify/{project}': { post: IDENTIFY, get: IDENTIFY_BY_ADDRESS },
  '/v2/languages': { get: operation('The languages of common names', answer('Their codes.', list(text))) },
  '/v2/projects': {
    get: operation('The floras', answer('Each with the number of its species.', list(ref('Project'))), {
      faults: ['400', '401', '403', '414', '503'],
      parameters: [
        LANG,
        TYPE,
        query(
          'lat',
          { type: 'number' },
          'Degrees north. Taken, and of no effect: these floras have no places.',
        ),
        query('lon', { type: 'number' }, 'Degrees east. As above.'),
      ],
    }),
  },
  '/v2/species': { get: SPECIES_LIST },
  '/v2/projects/{project}/species': {
    get: { ...SPECIES_LIST, parameters: [PROJECT, ...SPECIES_LIST.parameters!] },
  },
  '/v2/projects/{project}/species/align': {
    get: operation('The accepted species of a name', answer('The species.', ref('Species')), {
      faults: ['400', '401', '403', '404', '414', '503'],
      parameters: [
        PROJECT,
        {
          ...query('name', text, 'A scientific name or a synonym, with or without its author.'),
          required: true,
        },
        LANG,
      ],
    }),
  },
  '/v2/quota/daily': {
    get: operation('A day’s use of the key', answer('Days turn at 00:00 UTC.', ref('Day')), {
      faults: ['400', '401', '403', '414', '503'],
      parameters: [query('day', day, 'Today, where nothing is said.')],
    }),
  },
  '/v2/quota/history': {
    get: operation('The key’s use by days', answer('Days without use are left out.', list(ref('Day'))), {
      faults: ['400', '401', '403', '414', '503'],
      parameters: [
        query('start', day, 'The last 30 days, where nothing is said.'),
        query('end', day, 'Included.'),
      ],
    }),
  },
  '/v2/subscription': {
    get: operation('What the key is', answer('Its name, quota and origins.', ref('Subscription'))),
  },
  '/v2/_status': {
    get: operation('Whether the API is there', answer('It is.', fields({ status: { const: 'ok' } })), {
      security: [],
      faults: [],
    }),
  },
}

export function openApiDocument(version: string, origin: string): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Worldflora',
      version,
      description:
        'Names plants for programs that were written for the Pl@ntNet API: another address, the same calls. A key comes from the operator of this site.',
    },
    servers: [{ url: origin }],
    security: [{ key: [] }],
    paths: PATHS,
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'api-key' } },
      schemas: SCHEMAS,
    },
  }
}
