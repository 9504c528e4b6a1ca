// Passkeys: made at one's own account, shown at signing in. The browser does the work; a form carries
// what came of it, and the server answers with a screen.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const fill = (form, values) => {
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  form.submit();
};

async function asked(address) {
  const answer = await fetch(address, { method: 'POST' });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function make(form) {
  const about = await asked(form.dataset.ask);
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(about.challenge),
      rp: { id: location.hostname, name: 'Noroshi' },
      user: { id: hex(about.user), name: about.email, displayName: about.name },
      pubKeyCredParams: about.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: about.have.map((id) => ({ type: 'public-key', id: hex(id) })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    },
  });
  fill(form, {
    client_data: text(made.response.clientDataJSON),
    key_data: text(made.response.getAuthenticatorData()),
    public_key: text(made.response.getPublicKey()),
    algorithm: made.response.getPublicKeyAlgorithm(),
  });
}

async function show(form) {
  const own = form.dataset.challenge;
  const challenge = own ?? (await asked(form.dataset.ask)).challenge;
  const names = (form.dataset.passkeys ?? '').split(' ').filter(Boolean);
  const shown = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(challenge),
      rpId: location.hostname,
      allowCredentials: names.map((id) => ({ type: 'public-key', id: hex(id) })),
      userVerification: own ? 'preferred' : 'required',
    },
  });
  fill(form, {
    credential: text(shown.rawId),
    client_data: text(shown.response.clientDataJSON),
    key_data: text(shown.response.authenticatorData),
    signature: text(shown.response.signature),
  });
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!globalThis.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const failed = form.querySelector('[role=alert]');
    failed.hidden = true;
    try {
      await (form.dataset.passkey === 'make' ? make(form) : show(form));
    } catch {
      // Declined, taken away too early, or none that fits: nothing has changed.
      failed.hidden = false;
    }
  });
}
