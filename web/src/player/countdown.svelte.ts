/** Seconds that run down, and what happens at their end unless somebody says no. */
export class Countdown {
  leftS: number;

  constructor(
    seconds: number,
    private readonly onend: () => void,
  ) {
    this.leftS = $state(seconds);
  }

  /** Runs from now on; the answer stops it. */
  run(): () => void {
    const timer = setInterval(() => {
      this.leftS -= 1;
      if (this.leftS > 0) return;
      clearInterval(timer);
      this.onend();
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }
}
