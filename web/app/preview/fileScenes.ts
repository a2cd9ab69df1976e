import type { Attachment, MessageView } from "@aizuchi/sdk";
import type { Locale } from "../src/i18n/index.tsx";
import type { FakeRoom } from "./fakeWorld.ts";
import { fakePicture } from "./fakeFiles.ts";
import { cast } from "./world.ts";

const MINUTE = 60_000;

function file(id: string, name: string, mediaType: string, size: number): Attachment {
  return { id, name, mediaType, size };
}

/** The room of `fileRoom`. */
export const FILE_ROOM = "r:0123456789abcdef0123456789abcdef";

/** A room in which everything was sent that can be sent. */
export function fileRoom(locale: Locale): FakeRoom {
  const ja = locale === "ja";
  const { self, mika, jonas, aiko } = cast;
  const said: (Partial<MessageView> & { from: string })[] = [
    { from: mika.sub, text: "", attachments: [fakePicture("harbour", 4000, 3000)] },
    {
      from: mika.sub,
      text: ja
        ? "**港**は朝六時がいちばん静か。 @haru も来る？"
        : "The **harbour** is quietest at six. Will you come, @haru?",
      mentions: [self.sub],
      reactions: [{ emoji: "😍", count: 2, subs: [self.sub, jonas.sub] }],
    },
    {
      from: self.sub,
      text: ja ? "これを持っていくね。" : "I will bring these.",
      attachments: [
        fakePicture("one", 900, 1600),
        fakePicture("two", 1600, 900),
        fakePicture("three", 1000, 1000),
      ],
    },
    {
      from: self.sub,
      text: "",
      attachments: [
        file(
          "plan",
          ja ? "旅行の計画（最終版）.pdf" : "Plan of the trip, final version.pdf",
          "application/pdf",
          1_284_000,
        ),
        file("drawing", "map.svg", "image/svg+xml", 18_200),
      ],
    },
    { from: jonas.sub, text: "", attachments: [fakePicture("tall", 500, 2000)] },
    { from: jonas.sub, text: "", attachments: [fakePicture("tiny", 60, 40)] },
    {
      from: aiko.sub,
      text: ja ? "もう見られないもの。" : "What is no longer to be seen.",
      attachments: [fakePicture("gone", 1200, 800)],
    },
    { from: aiko.sub, text: "", attachments: [fakePicture("broken", 1200, 800)] },
    {
      from: self.sub,
      text: ja
        ? "`npm run e2e` を走らせるには\n```\nmake web\ncargo build\n```\nhttps://example.com/docs を見て @mika"
        : "To run `npm run e2e`:\n```\nmake web\ncargo build\n```\nSee https://example.com/docs, @mika",
      mentions: [mika.sub],
      attachments: [file("log", "server.log", "text/plain", 734)],
    },
    {
      from: mika.sub,
      text: "",
      attachments: ["a", "b", "c", "d", "e"].map((id, at) =>
        fakePicture(`many-${id}`, 800 + at * 90, 800),
      ),
    },
  ];
  return {
    id: FILE_ROOM,
    name: ja ? "港へ行く会" : "To the harbour",
    role: "owner",
    members: [self, mika, jonas, aiko, cast.tariq],
    messages: said.map(({ from, text = "", ...rest }, index) => ({
      key: `files-${index + 1}`,
      seq: index + 1,
      fromSub: from,
      text,
      timestamp: Date.now() - (said.length - index) * 3 * MINUTE,
      state: "sent",
      ...rest,
    })),
  };
}
