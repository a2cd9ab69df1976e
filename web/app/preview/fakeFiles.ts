import { AizuchiError, type Attachment, type Attachments } from "@aizuchi/sdk";

/** Files without a server. Their names say what becomes of them: `gone`, `broken` or `slow`. */
export function fakeFiles(): Attachments {
  const known = new Map<string, File>();
  let made = 0;
  return {
    upload: async (_, file, { onProgress, onBegun, signal } = {}) => {
      const id = `upload-${++made}`;
      onBegun?.(id);
      if (file.name.includes("large")) {
        throw new AizuchiError({ code: "too_large", error: "This file is too large." });
      }
      if (file.name.includes("broken")) {
        throw new AizuchiError({ code: "unavailable", error: "The upload was interrupted." });
      }
      onProgress?.(Math.floor(file.size * 0.4), file.size);
      await new Promise<void>((done, stopped) => {
        signal?.addEventListener("abort", () => {
          stopped(new DOMException("Stopped.", "AbortError"));
        });
        if (!file.name.includes("slow")) setTimeout(done);
      });
      known.set(id, file);
      const { name, type: mediaType, size } = file;
      const picture = mediaType.startsWith("image/") && { width: 640, height: 480 };
      return { id, name, mediaType, size, ...picture };
    },
    discard: () => Promise.resolve(),
    download: async (id, part) => {
      const file = known.get(id);
      if (file) return file;
      if (id.startsWith("gone")) {
        throw new AizuchiError({ code: "not_found", error: "There is no such file." });
      }
      if (id.startsWith("broken")) {
        throw new AizuchiError({ code: "unavailable", error: "The database is busy." });
      }
      const [, width = 640, height = 480] = /(\d+)x(\d+)/.exec(id)?.map(Number) ?? [];
      return painted(id, width, height, part === "thumbnail" ? 256 : 1_600);
    },
  };
}

/** A picture that is on the fake's server. */
export function fakePicture(id: string, width: number, height: number): Attachment {
  return {
    id: `${id}-${width}x${height}`,
    name: `${id}.jpg`,
    mediaType: "image/jpeg",
    size: width * height,
    hasThumbnail: true,
    width,
    height,
  };
}

/** Paints a view of hills, another one for each seed. */
async function painted(seed: string, width: number, height: number, most: number): Promise<Blob> {
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = document.createElement("canvas");
  const [w, h] = [(canvas.width = width * scale), (canvas.height = height * scale)];
  const context = canvas.getContext("2d");
  if (!context) return new Blob([seed], { type: "image/jpeg" });
  const hue = Array.from(seed).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 360;
  const sky = context.createLinearGradient(0, 0, 0, h);
  sky.addColorStop(0, `hsl(${hue} 60% 72%)`);
  sky.addColorStop(1, `hsl(${(hue + 40) % 360} 70% 88%)`);
  context.fillStyle = sky;
  context.fillRect(0, 0, w, h);
  for (let hill = 0; hill < 4; hill++) {
    context.fillStyle = `hsl(${(hue + 150) % 360} ${30 + hill * 6}% ${62 - hill * 13}%)`;
    context.beginPath();
    context.moveTo(0, h);
    for (let x = 0; x <= w; x += w / 60) {
      const wave = Math.sin((x / w) * (5 + hill) + hue + hill * 2) * 0.08;
      context.lineTo(x, h * (0.5 + hill * 0.12 + wave));
    }
    context.lineTo(w, h);
    context.fill();
  }
  return new Promise((done) => {
    canvas.toBlob((blob) => {
      done(blob ?? new Blob([seed]));
    }, "image/jpeg");
  });
}
