/* The second half of the page: a certificate that was verified, attested in another form.
 *
 * The token stays in its field; it is sent with this one request, and nowhere kept.
 */
'use strict';

let forms = []; /* as /v1/schemes lists them */
const FATES = { kept: 'kept', mapped: 'translated', supplied: 'by the operator', dropped: 'left out', missing: 'missing' };
const EQUIVALENCES = { equal: 'the same', wider: 'wider', narrower: 'narrower', inexact: 'not exactly the same' };

const cell = (kind, scope, ...what) => {
	const c = el(kind, ...what);
	if (scope)
		c.scope = scope;
	return c;
};

/* What became of each element, row by row. */
function lossTable(loss) {
	const rows = loss.elements.map(e => {
		const change = e.from !== undefined && e.to !== undefined
			? [value(e.from), ' → ', value(e.to), e.equivalence ? ` (${EQUIVALENCES[e.equivalence] || e.equivalence})` : ''] : [sentence(e.text)];
		const row = el('tr', cell('th', 'row', el('code', e.element || '–')), el(`td.fate.${e.fate}`, FATES[e.fate] || e.fate), el('td', ...change));
		row.dataset.fate = e.fate;
		return row;
	});
	const count = f => loss[f] ? `${loss[f]} ${FATES[f]}` : '';
	const table = el('table.loss', el('caption', Object.keys(FATES).map(count).filter(Boolean).join(', ')),
		el('thead', el('tr', cell('th', 'col', 'Element'), cell('th', 'col', 'What became of it'), cell('th', 'col', 'How'))), el('tbody', rows));
	const frame = el('div.scroll', table);
	frame.tabIndex = 0; /* wide tables are scrolled by keys, too */
	frame.setAttribute('role', 'region');
	frame.setAttribute('aria-label', 'Loss report');
	return frame;
}

function download(text, name, type) {
	const a = el('a.button', 'Download the text');
	a.download = name;
	a.href = URL.createObjectURL(new Blob([text], { type }));
	return a;
}

function attestation(answer, form) {
	const a = answer.attestation, parts = [];
	if (answer.qr) {
		const img = el('img.qr');
		img.src = 'data:image/svg+xml;base64,' + btoa(answer.qr);
		img.alt = `QR code of the attestation: ${form.title}`;
		parts.push(img);
	} else {
		parts.push(el('p', 'This form does not fit into a QR code: it is handed over as a file.'));
	}
	const text = el('textarea');
	text.readOnly = true;
	text.rows = 4;
	text.value = a.text;
	text.setAttribute('aria-label', 'Text of the attestation');
	return [el('h3', form.title), ...parts, text, el('p.buttons', download(a.text, `attestation-${a.target}.${a.text[0] === '{' ? 'json' : 'txt'}`, a.mediaType)),
		list([['Valid until', time(a.validity.until)], ['Number, by which it can be revoked', el('code', a.id)]])];
}

async function attest(question, form, token, out) {
	const stop = new AbortController(), timer = setTimeout(() => stop.abort(), WAIT);
	out.setAttribute('aria-busy', 'true');
	try {
		const r = await fetch(`/v1/translate?to=${encodeURIComponent(form.name)}&qr=svg`, { method: 'POST', body: question.body,
			headers: { 'Content-Type': question.type, Authorization: `Bearer ${token}`, Accept: 'application/json, application/problem+json' },
			signal: stop.signal, credentials: 'omit', cache: 'no-store' });
		const answer = await r.json().catch(() => ({}));
		const what = r.ok && answer.attestation ? attestation(answer, form)
			: [el('p.warn', `${sentence(answer.title) || 'The gateway refused.'} ${sentence(answer.detail)}`)];
		if (!r.ok)
			out.dataset.problem = answer.code || String(r.status);
		out.replaceChildren(...what, answer.loss ? lossTable(answer.loss) : '');
	} catch {
		out.replaceChildren(el('p.warn', 'The gateway could not be reached.'));
	} finally {
		clearTimeout(timer);
		out.removeAttribute('aria-busy');
	}
}

function field(id, text, input) {
	const l = el('label', text);
	l.htmlFor = input.id = id;
	return el('p', l, input);
}

/* The card below a verified report; null where this gateway writes nothing, or there is nothing to attest. */
function attestCard(report, question) {
	if (report.verdict !== 'verified' || !forms.length || !report.record || !(report.record.events || []).length)
		return null;
	const target = el('select', forms.map((f, i) => {
		const o = el('option', f.title);
		o.value = String(i);
		return o;
	}));
	const token = el('input'), button = el('button', 'Attest'), out = el('div');
	token.type = 'password';
	token.autocomplete = 'off';
	token.required = true;
	button.type = 'submit';
	out.id = 'attested';
	out.setAttribute('aria-live', 'polite');
	const form = el('form', field('target', 'Form', target), field('token', 'Token of this gateway', token), el('p.buttons', button));
	form.id = 'attest';
	form.addEventListener('submit', async e => {
		e.preventDefault();
		button.disabled = true;
		delete out.dataset.problem;
		await attest(question, forms[Number(target.value)], token.value.trim(), out);
		button.disabled = false;
	});
	return el('section.card', el('h2', 'In another form'),
		el('p.small', 'Verified anew, and signed by this gateway in its own name. What the form has no place for is lost; the report says what.'), form, out);
}
