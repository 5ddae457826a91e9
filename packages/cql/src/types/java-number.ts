// Java prints floating point numbers otherwise than JavaScript: always with a point, and with an exponent from 10^7 on and
// below 10^-3. JSON output and literals must look as Cassandra's.

/** As Java's Double#toString. */
export function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  // Of one digit are those that have a nearer neighbour of two, like 4.9E-324: Java prints that.
  const text = value.toExponential();
  return layOut(text.includes('.') ? text : value.toExponential(1));
}

/** As Java's Float#toString: the fewest digits that tell the float from its neighbours. */
export function printFloat(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return printDouble(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return layOut(text);
  }
  return layOut(value.toExponential());
}

/** From `d.ddde±x`, what toExponential gives. */
function layOut(text: string): string {
  const [mantissa, power] = text.split('e');
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '') || '0';
  const exponent = Number(power);
  let body: string;
  if (exponent >= 7 || exponent < -3) {
    body = `${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  } else if (exponent < 0) {
    body = `0.${'0'.repeat(-exponent - 1)}${digits}`;
  } else {
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
    body = `${whole}.${digits.slice(exponent + 1) || '0'}`;
  }
  return negative ? `-${body}` : body;
}
