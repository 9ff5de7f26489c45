/** Programs that ask the API, each again as soon as it has its answer. */
type Question = { url: string; key: string; photos: readonly Buffer[]; clients: number; seconds: number }

export async function askApi(question: Question): Promise<{ ms: number[]; perSecond: number }> {
  const { clients, seconds } = question
  // The threads start with the first question.
  await Promise.all(Array.from({ length: clients }, (_, client) => ask(question, client)))
  const ms: number[] = []
  const startedMs = performance.now()
  const endsMs = startedMs + 1000 * seconds
  let lastMs = startedMs
  async function live(client: number): Promise<void> {
    for (let nth = client; performance.now() < endsMs; nth++) {
      const askedMs = performance.now()
      await ask(question, nth)
      lastMs = performance.now()
      ms.push(lastMs - askedMs)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => live(client)))
  return { ms, perSecond: (1000 * ms.length) / (lastMs - startedMs) }
}

async function ask({ url, key, photos }: Question, nth: number): Promise<void> {
  const form = new FormData()
  const photo = photos[nth % photos.length]!
  form.append('images', new Blob([photo as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' }), 'photo.jpg')
  form.append('organs', 'auto')
  const response = await fetch(`${url}/v2/identify/all?no-reject=true&api-key=${key}`, {
    method: 'POST',
    body: form,
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${text}`)
}
