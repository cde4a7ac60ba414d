// "Use my position" beside a latitude and a longitude: asked of the browser, kept by nobody.

const part = (form, button, name) => form.querySelector(`[name="${CSS.escape(`${button.dataset.locate}.${name}`)}"]`);

function put(box, text) {
  if (!box) return;
  box.value = text;
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

function locate(form, button) {
  const said = button.parentElement.querySelector('[role="status"]');
  button.disabled = true;
  said.textContent = '…';
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    put(part(form, button, 'lat'), coords.latitude.toFixed(6));
    put(part(form, button, 'lon'), coords.longitude.toFixed(6));
    put(part(form, button, 'accuracy'), String(Math.round(coords.accuracy)));
    said.textContent = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
    button.disabled = false;
  }, () => {
    said.textContent = button.dataset.tFailed;
    button.disabled = false;
  }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
}

/** Also of rows that are added later. */
export function wireLocate(form) {
  if (!navigator.geolocation) return;
  const show = () => { for (const button of form.querySelectorAll('[data-locate][hidden]')) button.hidden = false; };
  show();
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-locate]');
    if (button) locate(form, button);
  });
  form.addEventListener('input', show);
}
