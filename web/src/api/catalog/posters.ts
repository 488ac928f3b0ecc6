/** Uploads of posters. `fetch` does not tell how much is sent, so this is an XMLHttpRequest. */
import { api } from '../client';
import { Problem, problemFrom } from '../problem';
import type { Release } from '../types';

/** A photo of 8 MB over a poor phone connection. */
const TIMEOUT_MS = 180_000;

/** Sends a picture; `onProgress` hears from 0 to 1. */
export function uploadPoster(releaseId: string, file: File, onProgress: (part: number) => void): Promise<Release> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/releases/${encodeURIComponent(releaseId)}/poster`);
    request.setRequestHeader('Content-Type', file.type);
    if (api.token) request.setRequestHeader('Authorization', `Bearer ${api.token}`);
    request.responseType = 'json';
    request.timeout = TIMEOUT_MS;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 200) resolve(request.response as Release);
      else reject(problemFrom(request.status, request.response));
    };
    request.onerror = request.ontimeout = () => {
      reject(Problem.network());
    };
    request.send(file);
  });
}

export async function removePoster(releaseId: string): Promise<Release> {
  return (await api.send<Release>('DELETE', `/releases/${encodeURIComponent(releaseId)}/poster`)).data;
}
