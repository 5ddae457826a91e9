/** Why a function gives no result for its arguments; whoever called it says which function it was. Java: ArithmeticException and its like. */
export class FunctionFailure extends Error {
  override readonly name = 'FunctionFailure';
}
