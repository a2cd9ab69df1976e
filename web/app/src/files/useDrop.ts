import { type DragEvent, useRef, useState } from "react";

/** Takes files that are dropped on an element. Whatever else is dragged over it is left alone. */
export function useDrop(onFiles: ((files: File[]) => void) | undefined) {
  // Coming into an inner element tells before leaving the one around it.
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const concerns = ({ dataTransfer }: DragEvent): boolean =>
    onFiles !== undefined && dataTransfer.types.includes("Files");
  const move = (by: number) => {
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  };
  return {
    over,
    props: {
      onDragEnter: (event: DragEvent): void => {
        if (concerns(event)) move(1);
      },
      onDragLeave: (event: DragEvent): void => {
        if (concerns(event)) move(-1);
      },
      onDragOver: (event: DragEvent): void => {
        if (!concerns(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      },
      onDrop: (event: DragEvent): void => {
        if (!concerns(event)) return;
        event.preventDefault();
        move(-depth.current);
        onFiles?.([...event.dataTransfer.files]);
      },
    },
  };
}
