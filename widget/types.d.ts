// The shapes that pass between the widget's modules and over HTTP. Never loaded by a browser.

/** `GET /v1/config`: the limits and delays the widget heeds. Times in milliseconds unless the name says seconds. */
export interface Config {
  debounce_ms: number;
  min_chars: number;
  min_chars_cjk: number;
  limit: number;
  max_text_chars: number;
  request_timeout_ms: number;
  event_batch: number;
  event_flush_ms: number;
}

export interface Suggestion {
  slug: string;
  locale: string;
  title: string;
  url: string;
  anchor: string;
  excerpt: string;
  /** Half-open ranges of `excerpt`, counted in code points. */
  highlights: [number, number][];
  confidence: number;
  rank: number;
}

/** What the support team has pinned to questions like this one, for instance during an incident. */
export interface Notice {
  text: string;
  url?: string | null;
}

/** `POST /v1/suggestions` answers this. */
export interface Answer {
  session_id: string;
  held_out: boolean;
  query_id: string;
  snapshot_id: string;
  answered: boolean;
  confidence: number;
  suggestions: Suggestion[];
  notice?: Notice | null;
  took_ms: number;
}

/** What the panel needs to know of an article to ask for it. */
export interface ArticleRef {
  slug: string;
  locale: string;
  title: string;
  url: string;
  anchor: string;
  rank?: number;
  /** How far down it was read before, in pixels, rather than its passage. */
  top?: number;
}

/** `GET /v1/articles/<locale>/<slug>` answers this. */
export interface Article {
  slug: string;
  locale: string;
  title: string;
  html: string;
  url: string;
  updated: string | null;
}

export type EventType =
  | "shown" | "opened" | "closed" | "solved" | "not_solved" | "submitted" | "left" | "effort";

/** Something the customer did. Never any text of theirs. */
export interface UsageEvent {
  type: EventType;
  query_id: string;
  /** In ISO 8601 once it is JSON. */
  at: Date | string;
  slug?: string;
  rank?: number;
  seconds?: number;
  reason?: string;
  score?: number;
}

/** An event with the session it happened in, so that it can be sent at a later visit. */
export interface KeptEvent {
  session_id: string;
  person?: string;
  event: UsageEvent;
}

export interface Ticket {
  email: string;
  subject?: string;
  message: string;
  urgency?: string;
  locale?: string;
  page_url?: string;
  session_id?: string;
  query_id?: string;
  person?: string;
  shown: string[];
  opened: string[];
}

/** As given to `mount` or in the script tag's data attributes; selectors are looked up inside the form. */
export interface Options {
  /** Where the API is; by default where the widget was loaded from. */
  api: string;
  /**
   * `form`: the form submits itself. `selfhelp`: the ticket is sent to the API. `search`: there is nothing to
   * send, Enter leads to the first suggestion.
   */
  submit?: "form" | "selfhelp" | "search";
  subject?: string;
  description?: string;
  email?: string;
  /** Selector of the element after which suggestions appear; by default beside the form, else at its end. */
  place?: string;
  /** Selector of a field that says low, normal, high or urgent; by default one named urgency or priority. */
  urgency?: string;
  /** `off`: nothing is said before sending, however well an unread article fits. */
  reminder?: "off";
  /** Names the person to the server, which keeps only a keyed hash. */
  user?: string | number;
  /** `off`: no random id, so that only a `user` is recognised from one visit to the next. */
  person?: string;
  /** Language of the interface and of the articles preferred; by default the page's. */
  locale?: string;
  /** By default the customer's own setting. */
  theme?: "light" | "dark";
}

export interface Handle {
  form: HTMLFormElement;
  /** Takes everything away and leaves the page as it was. */
  destroy(): void;
}
