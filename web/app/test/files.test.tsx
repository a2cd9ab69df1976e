import type { Attachment, MessageView } from "@aizuchi/sdk";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { fakePicture } from "../preview/fakeFiles.ts";
import { ActionsProvider } from "../src/conversation/actions.ts";
import { AttachmentsOf } from "../src/files/Attachments.tsx";
import { exhibitsOf } from "../src/files/exhibits.ts";
import Viewer from "../src/files/Viewer.tsx";
import { kindOf, lineOf, sizeText } from "../src/files/kinds.ts";
import { layoutOf } from "../src/files/layout.ts";
import { Workspace } from "../src/shell/Workspace.tsx";
import { message } from "./messages.ts";
import { haru, lone, mika, renderWithin } from "./render.tsx";

const words = { picture: "Picture", pictures: String, files: String, file: "File" } as never;
const paper: Attachment = { id: "paper", name: "paper.pdf", mediaType: "application/pdf", size: 9 };

beforeEach(() => {
  history.replaceState(null, "", "/");
});

function opened(messages: MessageView[], online = true) {
  const client = fakeClient({
    ...lone,
    conversations: [{ partner: mika, messages }],
    ...(!online && { connection: { status: "waiting" } }),
  });
  const conversationId = client.openDirect(mika);
  const view = renderWithin(<Workspace route={{ page: "conversation", conversationId }} />, {
    client,
  });
  const conversation = within(screen.getByRole("region", { name: "Conversation with mika" }));
  return { ...view, client, conversation };
}

describe("files of a message", () => {
  test("that are pictures stand in a place of their size before they are here", () => {
    expect(layoutOf([{ width: 3400, height: 1700 }])).toEqual({ width: 340, ratio: 2, columns: 1 });
    expect(layoutOf([{ width: 100, height: 10_000 }]).ratio).toBeCloseTo(140 / 380);
    expect(layoutOf([{ width: 20, height: 10 }])).toMatchObject({ width: 140 });
  });

  test("are told of in a line where there are no words", () => {
    const picture = fakePicture("a", 10, 10);
    expect(lineOf({ text: "**hi**", attachments: [paper] }, words)).toBe("hi");
    expect(lineOf({ text: "", attachments: [paper] }, words)).toBe("paper.pdf");
    expect(lineOf({ text: "", attachments: [picture] }, words)).toBe("Picture");
    expect(lineOf({ text: "", attachments: [picture, picture] }, words)).toBe("2");
    expect(kindOf("a.tar.gz", words)).toBe("GZ");
    expect(kindOf("LICENSE", words)).toBe("File");
    expect(sizeText(1_284_000, "en")).toBe("1.3 MB");
  });

  function shown(files: Attachment[], online = true) {
    const client = fakeClient({ ...lone, ...(!online && { connection: { status: "waiting" } }) });
    const onView = vi.fn();
    const actions = { onAbout: () => undefined, moderates: false, onView };
    const view = renderWithin(
      <ActionsProvider value={actions}>
        <AttachmentsOf files={files} />
      </ActionsProvider>,
      { client },
    );
    return { ...view, client, onView };
  }

  test("that are no pictures are saved, whatever they are", async () => {
    const script = { ...paper, name: "evil.svg", mediaType: "image/svg+xml", width: 5, height: 5 };
    const { client, container } = shown([script]);
    const blob = new Blob(["<svg/>"], { type: "image/svg+xml" });
    const download = vi.spyOn(client.attachments, "download").mockResolvedValue(blob);
    const made = vi.spyOn(URL, "createObjectURL");
    const click = vi
      .spyOn(HTMLAnchorElement.prototype, "click")
      .mockImplementation(() => undefined);
    expect(container.querySelector("img")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: /Download evil\.svg/ }));
    await waitFor(() => {
      expect(click).toHaveBeenCalledOnce();
    });
    expect(download).toHaveBeenCalledWith("paper");
    expect((made.mock.lastCall?.[0] as Blob).type).toBe("application/octet-stream");
  });

  test("that are gone say so", async () => {
    shown([fakePicture("gone", 40, 40), { ...paper, id: "gone-too" }]);
    expect(await screen.findByText("No longer there")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: /Download paper/ }));
    await waitFor(() => {
      expect(screen.getAllByText("No longer there")).toHaveLength(2);
    });
  });

  test("that could not be loaded are tried again", async () => {
    const { client } = shown([fakePicture("broken", 40, 40)]);
    await screen.findByText("Could not be loaded");
    const blob = new Blob(["a picture"], { type: "image/jpeg" });
    vi.spyOn(client.attachments, "download").mockResolvedValue(blob);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    const sight = await screen.findByRole("button", { name: "Open the picture broken.jpg" });
    await waitFor(() => {
      expect(sight.querySelector("img")?.src).toMatch(/^blob:/);
    });
  });

  test("that are not on this device say when they come", () => {
    shown([fakePicture("a", 40, 40)], false);
    expect(screen.getByText(/It comes when you are back online/)).toBeTruthy();
  });

  test("that are pictures are opened", async () => {
    const { onView } = shown([fakePicture("a", 40, 40)]);
    await userEvent.click(screen.getByRole("button", { name: "Open the picture a.jpg" }));
    expect(onView).toHaveBeenCalledWith("a-40x40");
  });
});

describe("the viewer", () => {
  const said = [
    message(mika.sub, { attachments: [fakePicture("a", 40, 40), paper] }),
    message(haru.sub, { attachments: [fakePicture("b", 50, 50)] }),
  ];

  function Shown({ onClose, left = said }: { onClose: () => void; left?: MessageView[] }) {
    const [id, setId] = useState("a-40x40");
    const exhibits = exhibitsOf(left, () => "mika");
    return <Viewer exhibits={exhibits} shown={id} onShow={setId} onClose={onClose} />;
  }

  function viewed() {
    const client = fakeClient(lone);
    const blob = new Blob(["a picture"], { type: "image/jpeg" });
    vi.spyOn(client.attachments, "download").mockResolvedValue(blob);
    const onClose = vi.fn();
    return { ...renderWithin(<Shown onClose={onClose} />, { client }), onClose };
  }

  test("goes from one to the next by keys and buttons, but not while one looks closely", async () => {
    const { onClose } = viewed();
    expect(screen.getByText("1 of 2")).toBeTruthy();
    await screen.findByRole("img", { name: "Picture: a.jpg" });
    screen.getByRole("button", { name: "Close" }).focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(screen.getByText("2 of 2")).toBeTruthy();
    await screen.findByRole("img", { name: "Picture: b.jpg" });
    expect(screen.queryByRole("button", { name: "Next picture" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Full size" }));
    await userEvent.keyboard("{ArrowLeft}");
    expect(screen.getByText("2 of 2")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Fit to the window" }));
    await userEvent.click(screen.getByRole("button", { name: "Previous picture" }));
    expect(screen.getByText("1 of 2")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
  });

  test("turns where a finger swipes, and closes where it pulls down", async () => {
    const { onClose } = viewed();
    const stage = async (name: string) =>
      (await screen.findByRole("img", { name })).parentElement ?? document.body;
    const swipe = (on: HTMLElement, x: number, y: number) => {
      const finger = { pointerType: "touch", isPrimary: true };
      fireEvent.pointerDown(on, { ...finger, clientX: 200, clientY: 200 });
      fireEvent.pointerUp(on, { ...finger, clientX: 200 + x, clientY: 200 + y });
    };
    swipe(await stage("Picture: a.jpg"), -20, 0);
    expect(screen.getByText("1 of 2")).toBeTruthy();
    swipe(await stage("Picture: a.jpg"), -120, 10);
    expect(screen.getByText("2 of 2")).toBeTruthy();
    swipe(await stage("Picture: b.jpg"), 120, 10);
    expect(screen.getByText("1 of 2")).toBeTruthy();
    swipe(await stage("Picture: a.jpg"), 5, 160);
    expect(onClose).toHaveBeenCalledOnce();
  });

  test("closes where its picture is deleted", () => {
    const client = fakeClient(lone);
    const onClose = vi.fn();
    renderWithin(<Shown onClose={onClose} left={said.slice(1)} />, { client });
    expect(onClose).toHaveBeenCalledOnce();
  });
});

describe("attaching", () => {
  const pick = (container: HTMLElement, files: File[]) => {
    const input = container.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) throw new Error("There is nothing to pick files with.");
    fireEvent.change(input, { target: { files } });
  };

  test("sends files with a text, or without one", async () => {
    const { container, client, conversation } = opened([message(mika.sub)]);
    pick(container, [new File(["one"], "one.txt"), new File(["two"], "two.txt")]);
    expect(screen.getByRole("list", { name: "Attached files" }).children).toHaveLength(2);
    await userEvent.click(conversation.getByRole("button", { name: "Remove one.txt" }));
    await userEvent.type(conversation.getByRole("textbox"), "here{Enter}");
    await waitFor(() => {
      expect(client.sent).toMatchObject([{ text: "here", attachments: [{ name: "two.txt" }] }]);
    });
    pick(container, [new File(["one"], "one.txt")]);
    await userEvent.click(conversation.getByRole("button", { name: "Send" }));
    await waitFor(() => {
      expect(client.sent[1]).toMatchObject({ text: "", attachments: [{ name: "one.txt" }] });
    });
    expect(screen.queryByRole("list", { name: "Attached files" })).toBeNull();
  });

  test("takes what is pasted or dropped", () => {
    const { conversation } = opened([message(mika.sub)]);
    const area = conversation.getByRole("textbox");
    const files = [new File(["one"], "pasted.png", { type: "image/png" })];
    fireEvent.paste(area, { clipboardData: { files, types: ["Files"] } });
    const dataTransfer = { files: [new File(["two"], "dropped.txt")], types: ["Files"] };
    fireEvent.dragEnter(area, { dataTransfer });
    expect(screen.getByText("Drop files here to attach them")).toBeTruthy();
    fireEvent.drop(area, { dataTransfer });
    expect(screen.queryByText("Drop files here to attach them")).toBeNull();
    expect(screen.getByText("pasted.png")).toBeTruthy();
    expect(screen.getByText("dropped.txt")).toBeTruthy();
  });

  test("holds a message that waits for its files, and gives it back", async () => {
    const { container, client, conversation } = opened([message(mika.sub)]);
    pick(container, [new File(["one"], "slow.txt")]);
    await userEvent.type(conversation.getByRole("textbox"), "here{Enter}");
    expect(screen.getByText("Goes out when its files are up")).toBeTruthy();
    expect(client.sent).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Back to writing" }));
    expect(conversation.getByRole<HTMLTextAreaElement>("textbox").value).toBe("here");
    expect(screen.getByText("slow.txt")).toBeTruthy();
  });

  test("says what is the matter with a file, and sends nothing until it is mended", async () => {
    const { container, client, conversation } = opened([message(mika.sub)]);
    pick(container, [new File(["one"], "large.txt")]);
    expect(await screen.findByText(/Too large for this server/)).toBeTruthy();
    await userEvent.type(conversation.getByRole("textbox"), "here{Enter}");
    expect(screen.getByText(/Remove the files that failed/)).toBeTruthy();
    expect(client.sent).toEqual([]);
    pick(container, [new File([""], "empty.txt")]);
    expect(screen.getByText("“empty.txt” is empty, and was left out.")).toBeTruthy();
  });

  test("says that files wait for a network", () => {
    const { container } = opened([message(mika.sub)], false);
    pick(container, [new File(["one"], "one.txt")]);
    expect(screen.getByText(/Keep this page open/)).toBeTruthy();
    expect(screen.getByText(/Waiting for a connection/)).toBeTruthy();
  });
});
