// A canvas whose parts one takes and lets go: what is made so, and how it ends.
import { newManager, showTarget } from '../lib/drag.js';

export class Taking {
  /** side: where what is taken would go, of what it is over; dropped: it was let go. */
  constructor(box, { side, dropped }) {
    Object.assign(this, { box, wired: [], stop: [] });
    this.manager = newManager(document.querySelector('meta[name="nonce"]')?.content, { keys: false });
    showTarget(this.manager, side);
    this.manager.monitor.addEventListener('dragend', dropped);
  }

  end() {
    this.stop.forEach((f) => f());
    this.unwire();
    this.manager.destroy();
  }

  unwire() {
    this.wired.forEach((w) => w.destroy());
    this.wired = [];
  }
}
