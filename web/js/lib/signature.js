// A place to sign in, by signature_pad: finger, pen or mouse. The only file that names the
// package. Who cannot draw uploads a picture instead: the file control stays beside it.
import SignaturePad from 'signature_pad';

const WIDTH = 480;
const HEIGHT = 160;

function blobOf(canvas) {
  return new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
}

/** Shows the pad before `at`. Resolves with a PNG as a File, or null when nothing was drawn. */
export function pad(box, at, text) {
  const holder = document.createElement('div');
  const canvas = document.createElement('canvas');
  holder.className = 'pad';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', text.tSign);
  const scale = Math.max(window.devicePixelRatio || 1, 1);
  canvas.width = WIDTH * scale;
  canvas.height = HEIGHT * scale;
  const button = (label, main) => {
    const b = document.createElement('button');
    b.type = 'button';
    b.className = main ? 'small main' : 'small';
    b.textContent = label;
    return b;
  };
  const [take, clear] = [button(text.tTake, true), button(text.tClear, false)];
  const row = document.createElement('div');
  row.className = 'row';
  row.append(take, clear);
  holder.append(canvas, row);
  box.insertBefore(holder, at);
  // The canvas is drawn at its own size and shown at the width there is.
  const fit = () => canvas.width / Math.max(canvas.getBoundingClientRect().width, 1);
  canvas.getContext('2d').scale(fit(), fit());
  const drawn = new SignaturePad(canvas, { penColor: '#101828', backgroundColor: '#ffffff' });
  drawn.clear();
  clear.addEventListener('click', () => drawn.clear());
  return new Promise((resolve) => {
    take.addEventListener('click', async () => {
      const blob = drawn.isEmpty() ? null : await blobOf(canvas);
      drawn.off();
      holder.remove();
      resolve(blob ? new File([blob], 'signature.png', { type: 'image/png' }) : null);
    });
  });
}
