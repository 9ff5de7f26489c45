/**
 * What a source file of the translated pages says: literal text that ought to be in messages/, and which texts it asks for.
 * Arguments of what makes a Rejection or an Error are no page's text: those words are English, and pages translate by code.
 */
import { parse } from '@babel/parser'

type Node = { type: string; loc?: { start: { line: number } } } & Record<string, unknown>

const OF_REJECTIONS = new Set([
  'reject',
  'crashed',
  'brokenDownload',
  'parseOrReject',
  'refuseSubmission',
  'Error',
])
/** Names that are the same in every language, and words of the browser's interfaces. */
const NAMES = new Set([
  'Worldflora',
  'WebGPU',
  'Files',
  'Hant',
  'VersionError',
  'QuotaExceededError',
  'Enter',
  'Escape',
  'noreferrer noopener',
])
const TEXT_ATTRIBUTES = new Set(['aria-label', 'aria-description', 'alt', 'title', 'placeholder', 'label'])
const TRANSPARENT = new Set([
  'ConditionalExpression',
  'LogicalExpression',
  'TSAsExpression',
  'TemplateLiteral',
])

/** A text that is asked for: `key` with * where the source computes a part of it; `values` null where they are not literal. */
export type Use = { namespaces: string[]; key: string; values: string[] | null; line: number }

export function literalTexts(source: string): string[] {
  const found: string[] = []
  walk(parsed(source), [], (node, above) => {
    const text = textOf(node)
    if (text === null || !/\p{L}/u.test(text) || NAMES.has(text.trim())) return
    if (isNoText(node, above)) return
    if (node.type === 'JSXText' || isShown(above) || readsLikeWords(text))
      found.push(`${lineOf(node)}: ${text.trim()}`)
  })
  return found
}

export function usesOf(source: string): Use[] {
  const namespaces = new Set<string>()
  const uses: Omit<Use, 'namespaces'>[] = []
  walk(parsed(source), [], (node) => {
    if (node.type === 'TSTypeReference' && nameOf(node.typeName) === 'Texts') {
      const { params } = (node.typeArguments ?? node.typeParameters) as { params: Node[] }
      const [parameter] = params
      if (parameter?.type === 'TSLiteralType') namespaces.add(String((parameter.literal as Node).value))
    }
    if (node.type !== 'CallExpression') return
    const called = node.callee as Node
    const given = node.arguments as Node[]
    const name = nameOf(called)
    if (name === 'useTexts' || name === 'translatorOf') {
      const last = given.at(-1)!
      namespaces.add(last.type === 'StringLiteral' ? String(last.value) : '*')
    }
    const isAsked = name === 't' || (called.type === 'MemberExpression' && nameOf(called.object) === 't')
    if (isAsked)
      for (const key of keysOf(given[0]!)) uses.push({ key, values: valuesOf(given[1]), line: lineOf(node) })
  })
  return uses.map((use) => ({ namespaces: [...namespaces], ...use }))
}

/** The keys of `english` (without their namespace's name) that a use may mean. */
export function matches(use: Use, english: Iterable<string>): string[] {
  const key = use.key.split('*').map(escaped).join('.+')
  const namespaces = use.namespaces.map((name) => (name === '*' ? '[^.]+' : escaped(name))).join('|')
  const pattern = new RegExp(`^(?:${namespaces})\\.${key}$`)
  return [...english].filter((full) => pattern.test(full))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function parsed(source: string): Node {
  return parse(source, { sourceType: 'module', plugins: ['typescript', 'jsx'] }).program as unknown as Node
}

function walk(node: Node, above: readonly Node[], visit: (node: Node, above: readonly Node[]) => void): void {
  visit(node, above)
  for (const [name, value] of Object.entries(node)) {
    if (name === 'loc' || name.endsWith('Comments')) continue
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === 'string') walk(child, [...above, node], visit)
  }
}

function textOf(node: Node): string | null {
  if (node.type === 'StringLiteral' || node.type === 'JSXText') return String(node.value)
  return node.type === 'TemplateElement' ? (node.value as { cooked: string }).cooked : null
}

/** Addresses of modules, types, keys, and words of Rejections. */
function isNoText(node: Node, above: readonly Node[]): boolean {
  const parent = above.at(-1)!
  if (/^(Import|Export(All|Named))Declaration$|^TSLiteralType$|^ImportExpression$/.test(parent.type))
    return true
  if (parent.type === 'ObjectProperty' && parent.key === node) return true
  return above.some(
    ({ type, callee }) =>
      (type === 'CallExpression' || type === 'NewExpression') && OF_REJECTIONS.has(nameOf(callee) ?? ''),
  )
}

/** As an element's child, or by an attribute that is read out. */
function isShown(above: readonly Node[]): boolean {
  const rest = [...above]
  while (TRANSPARENT.has(rest.at(-1)?.type ?? '')) rest.pop()
  if (rest.at(-1)?.type === 'JSXExpressionContainer') rest.pop()
  const holder = rest.at(-1)
  if (holder?.type === 'JSXAttribute') return TEXT_ATTRIBUTES.has(String((holder.name as Node).name))
  return holder?.type === 'JSXElement' || holder?.type === 'JSXFragment'
}

/** Two words in a row, or one that begins as a sentence does. */
function readsLikeWords(text: string): boolean {
  return /\p{L}{2,},?\s+\p{L}/u.test(text) || /^\p{Lu}\p{Ll}/u.test(text.trim())
}

function keysOf(argument: Node): string[] {
  switch (argument.type) {
    case 'StringLiteral':
      return [String(argument.value)]
    case 'TemplateLiteral':
      return [(argument.quasis as Node[]).map((part) => (part.value as { cooked: string }).cooked).join('*')]
    case 'ConditionalExpression':
      return [argument.consequent, argument.alternate].flatMap((branch) => keysOf(branch as Node))
    case 'TSAsExpression':
      return keysOf(argument.expression as Node)
    default:
      throw new Error(
        `line ${lineOf(argument)}: the key of a text is no literal, so nobody can say which it is`,
      )
  }
}

function valuesOf(argument: Node | undefined): string[] | null {
  if (argument === undefined) return []
  if (argument.type !== 'ObjectExpression') return null
  const names = (argument.properties as Node[]).map(({ key }) => nameOf(key))
  return names.includes(null) ? null : (names as string[])
}

function nameOf(node: unknown): string | null {
  const { type, name } = (node ?? {}) as Node
  return type === 'Identifier' ? String(name) : null
}

function lineOf(node: Node): number {
  return node.loc?.start.line ?? 0
}
