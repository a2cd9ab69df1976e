/** What a client and the server say to each other at level 1. */

export type ErrorCode =
  | "invalid_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_large"
  | "rate_limited"
  | "unavailable";

export const CloseCode = {
  GoingAway: 1001,
  TooLarge: 1009,
  SessionEnded: 4001,
  SlowReader: 4002,
  Idle: 4003,
  TooOld: 4004,
  TooManyConnections: 4005,
  Flooding: 4006,
} as const;

export interface Member {
  sub: string;
  username: string;
}

/** An entry of a conversation's log, as it was appended. */
export interface Entry {
  conversationId: string;
  seq: number;
  kind: "message";
  messageId: string;
  fromSub: string;
  message: string;
  timestamp: number;
  sentAt?: number;
  clientMsgId?: string;
  replyTo?: number;
}

/** A message with its edits and its deletion folded in. */
export interface Message {
  messageId: string;
  seq: number;
  message: string;
  fromSub: string;
  timestamp: number;
  sentAt?: number;
  clientMsgId?: string;
  replyTo?: number;
  editedAt?: number;
  deleted?: boolean;
}

export interface Conversation {
  conversationId: string;
  members: Member[];
  lastSeq: number;
  unread: number;
  reads: Record<string, number>;
  reset?: boolean;
  last?: Message;
}

export type ClientFrame =
  | { action: "PING" }
  | { action: "STATUS"; partnerSub: string; requestId?: string }
  | {
      action: "SENDMSG";
      toSub?: string;
      conversationId?: string;
      message: string;
      clientMsgId: string;
      replyTo?: number;
      sentAt?: number;
      requestId?: string;
    }
  | {
      action: "GETMSG";
      conversationId: string;
      before?: number;
      after?: number;
      limit?: number;
      requestId?: string;
    }
  | { action: "SYNC"; since?: string; cursors?: Record<string, number>; requestId?: string }
  | { action: "CONVERSATIONS"; cursor?: string; limit?: number; requestId?: string }
  | { action: "READ"; conversationId: string; seq: number; requestId?: string }
  | { action: "TYPING"; conversationId: string; on: boolean; requestId?: string }
  | { action: "WATCH"; subs: string[]; requestId?: string };

export type ServerFrame =
  | { action: "PING"; value: string; requestId?: string }
  | { action: "PARTNERINFO"; value: string; sub: string; requestId?: string }
  | { action: "ISONLINE"; sub?: string; value: "1" | "0"; lastSeen?: number }
  | {
      action: "SENDMSG";
      conversationId: string;
      messageId: string;
      seq: number;
      message: string;
      fromSub: string;
      toSub?: string;
      timestamp: number;
      sentAt?: number;
      clientMsgId?: string;
      replyTo?: number;
    }
  | {
      action: "ACK";
      clientMsgId: string;
      conversationId: string;
      messageId: string;
      seq: number;
      timestamp: number;
      requestId?: string;
    }
  | {
      action: "GETMSG";
      conversationId: string;
      messages: Message[];
      hasMore: boolean;
      requestId?: string;
    }
  | {
      action: "SYNC";
      conversations: Conversation[];
      entries: Entry[];
      more: boolean;
      since: string;
      requestId?: string;
    }
  | { action: "CONVERSATIONS"; conversations: Conversation[]; cursor?: string; requestId?: string }
  | { action: "READ"; conversationId: string; sub: string; seq: number; requestId?: string }
  | { action: "TYPING"; conversationId: string; sub: string; on: boolean }
  | {
      action: "ERROR";
      code: ErrorCode;
      error: string;
      requestId?: string;
      clientMsgId?: string;
      retryAfterMs?: number;
    };
