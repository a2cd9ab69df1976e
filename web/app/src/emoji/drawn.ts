/** Whether this device has pictures for the flags of countries: Windows draws letters. */
export function drawsFlags(): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return true;
  context.font = "16px sans-serif";
  context.fillStyle = "#000";
  context.textBaseline = "top";
  context.fillText("🇯🇵", 0, 0);
  const { data } = context.getImageData(0, 0, 20, 20);
  // Letters are of the one colour that they are drawn in.
  for (let i = 0; i < data.length; i += 4) if (data[i] !== data[i + 1]) return true;
  return false;
}
