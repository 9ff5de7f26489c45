/** What the published model knows: languages, projects, species, and which species a name means. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { type Context, Hono } from 'hono'
import type { Site } from '../site.ts'
import { catalogueOf, languageOf, listedForm } from './catalogue.ts'
import { answerFault, answerWith, type Fault, isFault, NOT_FOUND, noModel } from './faults.ts'
import type { Keyed } from './key-guard.ts'
import { faultOfProject, projectsOf } from './projects.ts'
import { AlignQuery, ProjectsQuery, parseQuery, SpeciesQuery } from './queries.ts'

export function plantnetFloraRoutes({ identifier }: Site): Hono<Keyed> {
  const routes = new Hono<Keyed>()

  /** `job` with the model, of a project that there is. */
  async function ofModel(
    c: Context<Keyed>,
    job: (model: PublishedModel) => object | Fault,
  ): Promise<Response> {
    const model = await identifier.published()
    if (model === null) return answerFault(noModel())
    return answerWith(faultOfProject(model, c.req.param('project') ?? 'all') ?? job(model))
  }

  function species(c: Context<Keyed>): Promise<Response> {
    return ofModel(c, (model) => {
      const query = parseQuery(SpeciesQuery, c.req.query())
      return isFault(query) ? query : listed(model, query)
    })
  }

  routes.get('/languages', (c) => ofModel(c, (model) => [...catalogueOf(model).languages]))
  routes.get('/projects', (c) =>
    ofModel(c, (model) => {
      const query = parseQuery(ProjectsQuery, c.req.query())
      return isFault(query) ? query : projectsOf(model)
    }),
  )
  routes.get('/species', species)
  routes.get('/projects/:project/species', species)
  routes.get('/projects/:project/species/align', (c) =>
    ofModel(c, (model) => {
      const query = parseQuery(AlignQuery, c.req.query())
      if (isFault(query)) return query
      const found = catalogueOf(model).find(query.name)
      return found === null ? NOT_FOUND : listedForm(found, languageOf(model, query.lang))
    }),
  )
  return routes
}

function listed(model: PublishedModel, { lang, page, pageSize, prefix }: SpeciesQuery): object {
  const begin = prefix.toLowerCase()
  const language = languageOf(model, lang)
  return catalogueOf(model)
    .byName.filter(({ scientificName }) => scientificName.toLowerCase().startsWith(begin))
    .slice((page - 1) * pageSize, page * pageSize)
    .map((species) => listedForm(species, language))
}
