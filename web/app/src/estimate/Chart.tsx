import { useId } from "react";
import { type Answer, isOwn, ownWays, type Series } from "./answer.ts";
import styles from "./Chart.module.css";
import { around, decades, logScale, type Scale, spread, valueAt } from "./scale.ts";
import { useWidth } from "./useWidth.ts";
import { useWords, wayName } from "./words/index.ts";

/** Below this there is no room for names at the ends of the lines. */
const NARROW = 640;
const LABEL_GAP = 17;

interface ChartProps {
  answer: Answer;
  /** The way that is looked at more closely. */
  selected: string;
}

/** What each way costs over the number of people. The tables say the same to those who do not see it. */
export function Chart({ answer, selected }: ChartProps) {
  const { w, n } = useWords();
  const id = useId();
  const [frame, width] = useWidth<HTMLDivElement>(720);
  const narrow = width < NARROW;
  const height = narrow ? 300 : 400;
  const box = { left: 52, right: width - (narrow ? 12 : 206), top: 26, bottom: height - 40 };

  const { users, series } = answer.curves;
  const from = users[0] ?? 1;
  const to = users.at(-1) ?? 10;
  const domain = around(series.flatMap(({ usd }) => usd.filter((value) => value !== null)));
  const x = logScale([from, to], [box.left, box.right]);
  const y = logScale(domain, [box.bottom, box.top]);

  const nameOf = (id: string): string => {
    const option = answer.options.find((option) => option.id === id);
    return option ? wayName({ ...option, machine: "" }, w) : id;
  };
  const line = ({ id, usd }: Series) => (
    <path
      key={id}
      className={styles.line}
      data-way={isOwn(id) ? id : "vendor"}
      data-selected={id === selected ? true : undefined}
      d={path(users, usd, x, y)}
    />
  );
  const own = series.filter(({ id }) => isOwn(id));
  const labelled = narrow ? [] : series.filter(({ id }) => isOwn(id) || id === selected);
  const ends = labelled.flatMap(({ id, usd }) => {
    const last = usd.findLastIndex((value) => value !== null && value > 0);
    const value = usd[last];
    return value ? [{ id, x: x(users[last] ?? to), y: y(value) }] : [];
  });
  // A line that ends early has its name where it ends, all others beside the chart.
  const beside = ends.filter((end) => end.x > box.right - 1);
  const places = spread(
    beside.map((end) => end.y),
    LABEL_GAP,
    box.bottom,
  );

  const at = answer.usage.users;
  const dots = series.flatMap(({ id, usd }) => {
    const value = valueAt(users, usd, at);
    return value === undefined || !(isOwn(id) || id === selected) ? [] : [{ id, value }];
  });
  const costs = answer.options
    .map(
      (option) => `${wayName(option, w)} ${option.usd === null ? w.noFigure : n.usd(option.usd)}`,
    )
    .join(", ");

  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{w.chart}</h2>
      <figure className={styles.figure}>
        <div ref={frame}>
          <svg
            className={styles.chart}
            width={width}
            height={height}
            role="img"
            aria-label={w.chartText(n.count(at), costs)}
          >
            {decades(...domain).map((value) => (
              <g key={value}>
                <line
                  className={styles.grid}
                  x1={box.left}
                  x2={box.right}
                  y1={y(value)}
                  y2={y(value)}
                />
                <text
                  className={styles.tick}
                  x={box.left - 8}
                  y={y(value)}
                  dy="0.35em"
                  textAnchor="end"
                >
                  {n.usdShort(value)}
                </text>
              </g>
            ))}
            {decades(from, to).map((value) => (
              <text
                key={value}
                className={styles.tick}
                x={x(value)}
                y={box.bottom + 20}
                textAnchor={narrow && value === to ? "end" : "middle"}
              >
                {n.short(value)}
              </text>
            ))}
            <text
              className={styles.tick}
              x={(box.left + box.right) / 2}
              y={height - 4}
              textAnchor="middle"
            >
              {w.across}
            </text>
            {at >= from && at <= to && (
              <>
                <line className={styles.here} x1={x(at)} x2={x(at)} y1={box.top} y2={box.bottom} />
                <text
                  className={styles.hereText}
                  x={x(at)}
                  y={box.top - 10}
                  textAnchor={anchor(x(at), box)}
                >
                  {w.people(n.count(at))}
                </text>
              </>
            )}
            {/* Ours above the vendors', and the one that is looked at above all. */}
            {series.filter(({ id }) => !isOwn(id) && id !== selected).map(line)}
            {own.filter(({ id }) => id !== selected).map(line)}
            {series.filter(({ id }) => id === selected).map(line)}
            {rings(answer).map(({ users: at, usd }) => (
              <circle key={`${at}-${usd}`} className={styles.ring} cx={x(at)} cy={y(usd)} r={4} />
            ))}
            {at >= from &&
              dots.map(({ id, value }) => (
                <circle
                  key={id}
                  className={styles.dot}
                  data-way={isOwn(id) ? id : "vendor"}
                  cx={x(at)}
                  cy={y(value)}
                  r={4}
                />
              ))}
            {ends.map((end) => {
              const place = places[beside.indexOf(end)] ?? end.y;
              return (
                <text
                  key={end.id}
                  className={styles.label}
                  data-way={isOwn(end.id) ? end.id : "vendor"}
                  x={end.x + 8}
                  y={place}
                  dy="0.35em"
                >
                  {nameOf(end.id)}
                </text>
              );
            })}
          </svg>
        </div>
        <figcaption className={styles.caption}>
          <ul className={styles.legend}>
            {narrow &&
              ownWays.map((id) => (
                <li key={id}>
                  <Swatch way={id} />
                  {nameOf(id)}
                </li>
              ))}
            <li>
              <Swatch way="vendor" />
              {w.managed}
            </li>
          </ul>
          <p>{w.chartNote}</p>
        </figcaption>
      </figure>
    </section>
  );
}

/** A piece of a way's line, as the tables and the legend show it. */
export function Swatch({ way }: { way: string }) {
  return (
    <svg className={styles.swatch} width={18} height={10} aria-hidden="true" focusable="false">
      <path className={styles.line} data-way={isOwn(way) ? way : "vendor"} d="M0 5H18" />
    </svg>
  );
}

function anchor(x: number, box: { left: number; right: number }): "start" | "middle" | "end" {
  const room = 44;
  return x - box.left < room ? "start" : box.right - x < room ? "end" : "middle";
}

function path(users: readonly number[], usd: Series["usd"], x: Scale, y: Scale): string {
  let drawing = false;
  return users
    .flatMap((people, i) => {
      const value = usd[i];
      // Nothing has no place on a logarithmic scale.
      if (value === null || value === undefined || value <= 0) {
        drawing = false;
        return [];
      }
      const point = `${drawing ? "L" : "M"}${x(people).toFixed(1)} ${y(value).toFixed(1)}`;
      drawing = true;
      return [point];
    })
    .join("");
}

/** Where two of our own lines cross. */
function rings({ crossings, curves }: Answer): { users: number; usd: number }[] {
  return crossings.flatMap(({ users, cheaper, than }) => {
    if (!isOwn(cheaper) || !isOwn(than)) return [];
    const series = curves.series.find(({ id }) => id === than);
    const usd = series && valueAt(curves.users, series.usd, users);
    return usd === undefined ? [] : [{ users, usd }];
  });
}
