/** Rising numbers as a set of IMAP: `1:3,7`. Two in a row stay apart: they are as short, and easier to read. */
export function formatSet(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (numbers[end + 1] === (numbers[end] as number) + 1) end += 1;
    if (end - i >= 2) parts.push(`${numbers[i]}:${numbers[end]}`);
    else parts.push(...numbers.slice(i, end + 1).map(String));
    i = end + 1;
  }
  return parts.join(",");
}
