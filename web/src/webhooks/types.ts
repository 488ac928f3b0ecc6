/** The shapes of `/api/v1/webhooks`. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly former_until: string | null;
  readonly paused_at: string | null;
  readonly pause_reason: 'by_hand' | 'failing' | 'gone' | null;
  readonly failures: number;
  readonly last_success_at: string | null;
  readonly last_failure_at: string | null;
  readonly dropped: number;
  /** Of what is edited: address, description and events. */
  readonly version: number;
}

export interface WebhookWithSecret extends Webhook {
  readonly secret: string;
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

export interface Delivery {
  readonly id: string;
  readonly message_id: string;
  readonly event: string;
  readonly body: string;
  readonly created_at: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly not_before: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly duration_ms: number | null;
}

export interface EventKind {
  readonly name: string;
  readonly description: string;
  readonly personal: boolean;
}

export interface Wanted {
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
}

/** The filters in a text: parted by commas, blanks or lines, each once. */
export function filtersIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** Puts a filter into the text, or takes it out. */
export function toggled(text: string, filter: string): string {
  const filters = filtersIn(text);
  return (filters.includes(filter) ? filters.filter((one) => one !== filter) : [...filters, filter]).join(', ');
}
