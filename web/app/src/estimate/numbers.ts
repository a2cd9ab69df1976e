import type { Locale } from "../i18n/index.tsx";

/** Numbers as the reader writes them. */
export interface Numbers {
  /** USD: cents where they matter, and three digits of what is less than one. */
  readonly usd: (value: number) => string;
  /** USD in few characters, for a scale. */
  readonly usdShort: (value: number) => string;
  /** A price, with all its digits. */
  readonly price: (value: number) => string;
  readonly count: (value: number) => string;
  /** A number in few characters, for a scale. */
  readonly short: (value: number) => string;
  readonly percent: (share: number) => string;
}

export function numbersOf(locale: Locale): Numbers {
  const format = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const formatter = new Intl.NumberFormat(locale, options);
    return (value) => formatter.format(value);
  };
  const dollars = { style: "currency", currency: "USD" } as const;
  const whole = format({ ...dollars, maximumFractionDigits: 0 });
  const cents = format(dollars);
  const small = format({ ...dollars, maximumSignificantDigits: 3 });
  return {
    usd: (value) =>
      value >= 100 ? whole(value) : value >= 1 || value === 0 ? cents(value) : small(value),
    usdShort: format({ ...dollars, notation: "compact", maximumSignificantDigits: 2 }),
    price: format({ ...dollars, maximumFractionDigits: 10 }),
    count: format({ maximumFractionDigits: 2 }),
    short: format({ notation: "compact", maximumSignificantDigits: 3 }),
    percent: format({ style: "percent", maximumFractionDigits: 0 }),
  };
}
