import { useId } from "react";
import styles from "./Slider.module.css";

interface SliderProps {
  label: string;
  /** The values that it can have, in their order. */
  steps: readonly number[];
  value: number;
  text: (value: number) => string;
  onChange: (value: number) => void;
}

/** A value out of a row of round ones. */
export function Slider({ label, steps, value, text, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>{label}</label>
      {/* What it says is on the slider itself for screen readers. */}
      <span className={styles.value} aria-hidden="true">
        {text(value)}
      </span>
      <input
        id={id}
        type="range"
        min={0}
        max={steps.length - 1}
        step={1}
        value={Math.max(0, steps.indexOf(value))}
        aria-valuetext={text(value)}
        onChange={(event) => {
          const step = steps[Number(event.target.value)];
          if (step !== undefined) onChange(step);
        }}
      />
    </div>
  );
}
