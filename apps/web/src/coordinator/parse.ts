/** The bodies that the pages read, as parsers. */
import { ApiKeySummary, MadeApiKey } from '@worldflora/protocol/api-keys'
import { ForkedRun, KeptCheckpoints, RolledBackRun } from '@worldflora/protocol/kept-checkpoints'
import { Health, LogEvent, WorkerSummary } from '@worldflora/protocol/operator'
import { PublishedModel } from '@worldflora/protocol/published-model'
import { parseOrReject } from '@worldflora/protocol/rejection'
import { RunDetail, RunHistory, RunStatus } from '@worldflora/protocol/runs'
import { Status } from '@worldflora/protocol/status'
import {
  DecidedSubmissions,
  FoundSpecies,
  Submission,
  SubmissionList,
} from '@worldflora/protocol/submissions'
import { listOf } from './read.ts'

export const parseStatus = (value: unknown) => parseOrReject(Status, value, 'the status')
export const parseDetail = (value: unknown) => parseOrReject(RunDetail, value, 'the run')
export const parseHistory = (value: unknown) => parseOrReject(RunHistory, value, 'the run’s history')
export const parseKept = (value: unknown) => parseOrReject(KeptCheckpoints, value, 'the kept checkpoints')
export const parseHealth = (value: unknown) => parseOrReject(Health, value, 'the coordinator’s health')
export const parseFork = (value: unknown) => parseOrReject(ForkedRun, value, 'the new run')
export const parseRollback = (value: unknown) => parseOrReject(RolledBackRun, value, 'what was dropped')
export const parseModel = (value: unknown) => parseOrReject(PublishedModel, value, 'the published model')
export const parseKey = (value: unknown) => parseOrReject(ApiKeySummary, value, 'the key')
export const parseMadeKey = (value: unknown) => parseOrReject(MadeApiKey, value, 'the new key')
export const parseSubmission = (value: unknown) => parseOrReject(Submission, value, 'the submission')
export const parseSubmissions = (value: unknown) => parseOrReject(SubmissionList, value, 'the submissions')
export const parseDecided = (value: unknown) => parseOrReject(DecidedSubmissions, value, 'what was decided')
export const parseFoundSpecies = (value: unknown) => parseOrReject(FoundSpecies, value, 'the species')

export const parseRuns = listOf((value) => parseOrReject(RunStatus, value, 'a run'), 'The runs')
export const parseWorkers = listOf((value) => parseOrReject(WorkerSummary, value, 'a worker'), 'The workers')
export const parseEvents = listOf((value) => parseOrReject(LogEvent, value, 'an event'), 'The events')
export const parseKeys = listOf(parseKey, 'The keys')
