/** Gives a file to the person. Whatever is in it, it is saved and never opened here. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn of events; some begin late.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
