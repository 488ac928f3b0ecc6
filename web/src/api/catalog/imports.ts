/** The shapes of `/api/v1/imports`. */
import type { Schemas } from '../types';

export type ImportSource = Schemas['ImportSourceOut'];

export type ImportSourceDraft = Schemas['ImportSourceIn'];

export type ImportRun = Schemas['RunOut'];

export type ImportRunRows = Schemas['RunRowsOut'];

export type BlacklistEntry = Schemas['BlacklistEntryOut'];

export type BlacklistPage = Schemas['BlacklistOut'];

export type ImportConflict = Schemas['ConflictOut'];

export type SourceGenre = Schemas['SourceGenreIO'];

export const IMPORT_KINDS = ['bangumi-data', 'kodik', 'feed', 'table'] as const satisfies readonly ImportSource['kind'][];
