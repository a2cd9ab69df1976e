import { pluralizer } from "../../i18n/plural.ts";
import type { Cause, Freshness, OwnWay, Thousand, Uncounted } from "../answer.ts";
import type { SliderName } from "../question.ts";

const plural = pluralizer("en");

const sliders: Record<SliderName, string> = {
  users: "People",
  online: "Of them, there on a day",
  hours: "Hours a day with the page open",
  messages: "Messages a day from each",
  recipients: "Devices that a message reaches",
  looking: "Of the hours, looking at it",
  visits: "Visits a day",
  bytes: "Size of a message",
  poll: "Time between polls",
  "keep-alive": "Time between signs of life",
  months: "Messages kept for",
};

const ways: Record<OwnWay, string> = {
  serverless: "Serverless",
  released: "Serverless, idle sockets let go",
  polling: "Serverless, polling",
  "one-box": "One box",
};

const causes: Record<Cause, string> = {
  staying: "Open sockets",
  "keep-alive": "Signs of life",
  coming: "Connecting",
  opening: "Opening conversations",
  sending: "Messages",
  reading: "Receipts",
  typing: "Typing",
  polling: "Polls",
  keeping: "Messages kept",
  accounts: "Accounts",
  page: "The page’s files",
  machine: "The machine",
  traffic: "Traffic",
  plan: "List price",
};

const items: Record<string, string> = {
  "websocket-messages": "API Gateway, socket messages",
  "connection-minutes": "API Gateway, socket minutes",
  "http-requests": "API Gateway, HTTP requests",
  "lambda-requests": "Lambda, requests",
  "lambda-gb-seconds-x86": "Lambda, GB-seconds (x86)",
  "lambda-gb-seconds-arm": "Lambda, GB-seconds (arm)",
  "dynamodb-writes": "DynamoDB, write units",
  "dynamodb-reads": "DynamoDB, read units",
  "dynamodb-storage": "DynamoDB, GB-months",
  "cognito-lite": "Cognito Lite, monthly users",
  "cognito-essentials": "Cognito Essentials, monthly users",
  egress: "GB to the internet",
  logs: "CloudWatch Logs, GB",
  "t4g.micro": "t4g.micro, hours",
  "t4g.small": "t4g.small, hours",
  "t4g.medium": "t4g.medium, hours",
  ipv4: "Public IPv4 address, hours",
};

const thousands: Record<Thousand, string> = {
  messages: "messages, stored and delivered",
  "messages-talked": "messages with typing and receipts",
  "connection-hours": "hours of an open socket",
  "connection-hours-away": "hours with signs of life, nobody looking",
  "connection-hours-looking": "hours with signs of life, somebody looking",
  comings: "times connecting, to the end",
  "polling-hours": "hours of polling instead",
};

const freshness: Record<Freshness, string> = {
  current: "",
  old: "More than a year old",
  undated: "Undated",
  given: "Given",
};

const uncounted: Record<Uncounted, string> = {
  taxes: "taxes and discounts",
  disk: "the box’s disk",
  backups: "backups and point-in-time recovery",
  "page-requests": "requests for the page’s files",
  watching: "alarms and reading logs",
  work: "the work of those who run it",
};

/** Every sentence of the page in English, and the shape of every other language's. */
export const en = {
  title: "What a chat costs",
  lead: "A month of it, in each shape, and in what could stand in its place.",
  toChat: "To the chat",
  usage: "How it is used",
  more: "More",
  region: "Region",
  regions: { "ap-northeast-1": "Tokyo", "us-east-1": "N. Virginia" },
  cognito: "Accounts in Cognito",
  tiers: { lite: "Lite", essentials: "Essentials" },
  freeTiers: "Take off free tiers",
  freeTiersHint: "25 GB in tables, 10,000 accounts and 100 GB of traffic a month.",
  sliders,
  seconds: (count: number) => plural(count, { one: "# second", other: "# seconds" }),
  hours: (count: number) => plural(count, { one: "# hour", other: "# hours" }),
  months: (count: number) => plural(count, { one: "# month", other: "# months" }),
  bytes: (count: string) => `${count} bytes`,
  people: (count: string) => `${count} people`,
  cheapest: (people: string, way: string, usd: string) =>
    `With ${people} people, “${way}” is cheapest: ${usd} a month.`,
  chart: "Cost over the number of people",
  chartText: (count: string, costs: string) =>
    `Two logarithmic scales: people across, US dollars a month upwards. With ${count} people: ${costs}.`,
  chartNote: "Both scales are logarithmic. Rings mark where our own shapes cross.",
  managed: "Managed chat at its list price",
  across: "people",
  ways,
  oneBoxOn: (machine: string) => `One box (${machine})`,
  table: "Each way, a month",
  way: "Way",
  month: "A month",
  each: "A person",
  drives: "What drives it",
  select: "Show what drives it",
  drivers: (way: string) => `What drives it: ${way}`,
  done: "By what is done",
  billed: "By what is billed",
  onePrice: "A vendor bills one price.",
  causes,
  items,
  crossings: "Where they cross",
  crossing: (users: string, cheaper: string, than: string) =>
    `From ${users} people on, ${cheaper} is cheaper than ${than}.`,
  noCrossings: "None of them cross: one is cheapest for any number of people.",
  thousandsTitle: "What a thousand costs, serverless",
  thousands,
  prices: "The prices behind it",
  price: "Price",
  per: "For",
  date: "Noted",
  source: "Source",
  sources: {
    aws: "AWS list price",
    rePost: "AWS re:Post",
    transcription: "A third party’s transcription",
  },
  freshness,
  oldPrices: (count: number) =>
    plural(count, {
      one: "# price is more than a year old.",
      other: "# prices are more than a year old.",
    }),
  undatedPrices: (count: number) =>
    plural(count, { one: "# bears no date.", other: "# bear no date." }),
  uncountedTitle: "Not counted",
  uncounted,
  unconfirmed: "This price is unconfirmed.",
  peak: (most: string, expected: string) =>
    `Allows ${most} connections at once; ${expected} are to be expected.`,
  beyondPlan: (users: string) => `Its list price ends at ${users} people.`,
  beyondMachines: "No machine with a known price carries so many.",
  noFigure: "No figure",
  failed: "The estimate could not be loaded.",
  stale: "This is the last answer; the new one could not be loaded.",
  loading: "Calculating…",
};

export type Words = typeof en;
