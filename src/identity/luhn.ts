/** Sum of Luhn over decimal digits: a number with its key has a sum that is a multiple of ten. */
export function luhnSum(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}

/** Whether the last digit is the Luhn key of the others. */
export function hasLuhnKey(digits: string): boolean {
  return luhnSum(digits) % 10 === 0;
}

/** The key that makes a number of the digits. */
export function luhnKey(digits: string): string {
  return String((10 - (luhnSum(`${digits}0`) % 10)) % 10);
}
