/** Numbers of the page of usage, as the person's language writes them. */
const dollars = (digits: number) =>
  new Intl.NumberFormat(undefined, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
const SPENT = dollars(2);

export const HOURS = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Dollars an hour: machines cost cents. */
export const RATE = dollars(4);

/** An amount to the cent: what is less than that, and not nothing, is not shown as nothing. */
export function spent(amount: number): string {
  return amount > 0 && amount < 0.01 ? `< ${SPENT.format(0.01)}` : SPENT.format(amount);
}
