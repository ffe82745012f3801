/** Draws of many charts, spread over frames: none waits for another, and the page stays quick while fifty runs grow. */
const BUDGET_MS = 6;
const queue = new Set<() => void>();
let isRunning = false;

/** Draws before long; a second call before that changes nothing. */
export function drawSoon(draw: () => void): void {
  queue.add(draw);
  if (isRunning) return;
  isRunning = true;
  requestAnimationFrame(drawSome);
}

export function forgetDraw(draw: () => void): void {
  queue.delete(draw);
}

function drawSome(): void {
  const started = performance.now();
  for (const draw of queue) {
    queue.delete(draw);
    draw();
    if (performance.now() - started > BUDGET_MS) break;
  }
  isRunning = queue.size > 0;
  if (isRunning) requestAnimationFrame(drawSome);
}
