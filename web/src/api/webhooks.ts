/** The shapes of `/api/v1/webhooks`. */
import type { Schemas } from './types';

export type Webhook = Schemas['WebhookOut'] & { readonly pause_reason: 'by_hand' | 'failing' | 'gone' | null };

export type WebhookWithSecret = Webhook & Schemas['WebhookWithSecretOut'];

export type WebhookDraft = Required<Schemas['WebhookIn']>;

export type DeliveryState = Delivery['state'];

export type Delivery = DeliveryPage['items'][number];

export type DeliveryPage = Schemas['WebhooksDeliveriesOut'];

export type EventKind = Schemas['EventOut'];
