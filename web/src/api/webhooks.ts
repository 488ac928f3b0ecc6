/** The shapes of `/api/v1/webhooks`. */
import type { Schemas } from './types';

export type Webhook = Schemas['WebhookOut'];

export type WebhookWithSecret = Schemas['WebhookWithSecretOut'];

export type WebhookDraft = Required<Schemas['WebhookIn']>;

export type DeliveryState = Delivery['state'];

export type Delivery = DeliveryPage['items'][number];

export type DeliveryPage = Schemas['WebhooksDeliveriesOut'];

export type EventKind = Schemas['EventOut'];
