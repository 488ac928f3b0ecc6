/** The storage of videos, for administrators. */
import { api } from './client';
import type { Schemas } from './types';

export type Storage = Schemas['StorageOut'];
export type Amount = Schemas['AmountOut'];
export type StorageGarbage = Schemas['StorageGarbageOut'];

export const getStorage = (): Promise<Storage> => api.get('/admin/storage');

/** Lists folder and bucket, which takes seconds where there is much. */
export const getGarbage = (): Promise<StorageGarbage> => api.get('/admin/storage/garbage');
