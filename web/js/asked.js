/** What a form of filters asks for, as pairs; the ends of a period only where one says them. @param {HTMLFormElement} form */
export const askedOf = (form) => [...new FormData(form)].filter(([name]) => {
  const of = /^(.*)\.(from|to)$/.exec(name)?.[1];
  return !of || form.elements[of]?.value === 'custom';
});
