/* The page: takes a certificate, asks /v1/verify, shows the report.
 *
 * Whatever comes from a certificate is put in as text, never as markup.  A certificate
 * behind the # of the address is verified at once; the address is then cleared.
 */
'use strict';

const $ = id => document.getElementById(id);
const WAIT = 40000; /* milliseconds: longer than the gateway's own deadlines */
let binary = null; /* bytes of a chosen file that is no text */
let asked = 0;
let welcomed = null; /* resolved once the gateway has said what it knows */
let question = null; /* what was asked last: { body, type } */
const HINT = 'HC1:…  or  shc:/…  or  shlink:/…';

/* A new element: el('p.small', 'text', child...). */
function el(kind, ...children) {
	const [tag, ...classes] = kind.split('.');
	const e = document.createElement(tag);
	if (classes.length)
		e.className = classes.join(' ');
	for (const c of children.flat())
		if (c !== null && c !== undefined && c !== '')
			e.append(c); /* strings become text nodes */
	return e;
}

/* Text of a certificate: kept apart, so that its writing direction stays its own. */
const value = text => el('bdi', String(text));
const sentence = text => text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.') : '';
const bytes = n => n >= 1024 && n % 1024 === 0 ? `${(n / 1024).toLocaleString('en')} KiB` : `${n.toLocaleString('en')} bytes`;

/* ---- the verdict ---- */

const VERDICTS = {
	verified: ['good', '✓', 'Verified', 'The certificate is genuine, and valid at this time.'],
	rejected: ['bad', '✗', 'Rejected', ''],
	indeterminate: ['open', '?', 'Undecided', '']
};

function banner([colour, symbol, title, text], more) {
	const mark = el('span.symbol', el('span', symbol));
	mark.setAttribute('aria-hidden', 'true');
	const heading = el('h2', title);
	heading.tabIndex = -1;
	return el(`section.card.verdict.${colour}`, mark, el('div', heading, el('p', text), more));
}

function verdict(report) {
	const row = VERDICTS[report.verdict] || ['open', '?', report.verdict, ''];
	const cause = (report.checks || []).find(c => c.reason === report.reason && c.reason);
	const code = report.reason ? el('p.code', report.reason) : null;
	const box = banner([row[0], row[1], row[2], cause ? sentence(cause.text) : row[3]], code);
	box.dataset.verdict = report.verdict;
	return box;
}

/* ---- the nine checks, and findings ---- */

const CHECKS = { format: 'Format', decode: 'Reading', issuer: 'Issuer', signature: 'Signature', validity: 'Validity',
	revocation: 'Withdrawal', profile: 'Content', record: 'Record', policy: 'Policy' };
const MARKS = { pass: ['✓', 'passed'], fail: ['✗', 'failed'], unknown: ['?', 'not known'], error: ['✗', 'failed'],
	skipped: ['–', 'not looked at'] };

function place(item) {
	const at = item.at, parts = [];
	if (item.limit)
		parts.push(`limit ${item.limit}: ${Number(item.value).toLocaleString('en')}`);
	if (at) {
		parts.push(`layer ${at.layer}`);
		if (at.offset !== undefined)
			parts.push(`byte ${at.offset}`);
		if (at.pointer)
			parts.push(at.pointer);
	}
	if (item.reason)
		parts.unshift(item.reason);
	return parts.length ? el('span.place.code', parts.join(' · ')) : null;
}

function checks(report) {
	const rows = report.checks.map(c => {
		const [symbol, word] = MARKS[c.status] || MARKS.unknown;
		const mark = el(`span.mark.${c.status}`, symbol);
		mark.setAttribute('role', 'img');
		mark.setAttribute('aria-label', word);
		mark.title = word;
		return el(c.status === 'skipped' ? 'li.skipped' : 'li', mark, el('span.name', CHECKS[c.name] || c.name),
			el('span.what', sentence(c.text), place(c)));
	});
	return el('section.card', el('h2', 'The nine checks'), el('ol.checks', rows));
}

function findings(report) {
	if (!report.findings || report.findings.length === 0)
		return null;
	return el('section.card', el('h2', 'Remarks'),
		el('p.small', 'Departures from the rules that are tolerated; they don’t change the verdict.'),
		el('ul.findings', report.findings.map(f => el('li', sentence(f.text), place(f)))));
}

/* ---- issuer and record: lists of names and values ---- */

const LABELS = { disease: 'Disease', vaccine: 'Type of vaccine', brand: 'Product', manufacturer: 'Manufacturer',
	maHolder: 'Authorisation holder', lot: 'Batch', date: 'Date', dateTime: 'Date and time', dose: 'Dose', testType: 'Type of test',
	testName: 'Test', testDevice: 'Test device', specimen: 'Specimen', sampleTime: 'Sample taken', resultTime: 'Result found', result: 'Result',
	firstPositive: 'First positive test', host: 'Leads to', passcode: 'Passcode needed', certifiedFrom: 'Certificate valid from',
	certifiedUntil: 'Certificate valid until', validFrom: 'Valid from', validUntil: 'Valid until', nextDose: 'Next dose due',
	country: 'Country', centre: 'Centre', practitioner: 'Practitioner', issuer: 'Issuer', identifier: 'Identifier',
	family: 'Family name', given: 'Given name', familyTransliterated: 'Passport family name',
	givenTransliterated: 'Passport given name', text: 'Name', birthDate: 'Born', sex: 'Sex', authority: 'Country or issuer',
	key: 'Key', source: 'Trust list', name: 'Signer', version: 'Schema version', hcid: 'Certificate identifier' };
const KINDS = { vaccination: 'Vaccination', test: 'Test', recovery: 'Recovery' };

const label = key => LABELS[key] || key.replace(/[A-Z]/g, c => ' ' + c.toLowerCase()).replace(/^./, c => c.toUpperCase());

function region(code) {
	try {
		const name = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }).of(code);
		return name && name !== code ? [value(name), el('span.code', code)] : [value(code)];
	} catch {
		return [value(code)];
	}
}

/* A coded value: what it means, and the code itself. */
function coded(c) {
	const code = c.code && c.code !== c.display ? el('span.code', c.code) : null;
	if (code && c.system)
		code.title = c.system;
	const to = c.normalised;
	if (!c.code && !c.display)
		return [value(to.display || to.code), to.display && to.code ? el('span.code', to.code) : null];
	return [value(c.display || c.code), c.display ? code : null,
		to ? el('span.small', ` (${to.equivalence}: ${[to.display, to.code].filter(Boolean).join(' ')})`) : null];
}

function shown(key, v) {
	if (Array.isArray(v))
		return v.map((x, i) => [i ? ', ' : '', ...shown(key, x)]).flat();
	if (key === 'country' || key === 'authority')
		return region(String(v));
	if (v && typeof v === 'object' && (v.code || v.display || v.normalised))
		return coded(v);
	if (v && typeof v === 'object')
		return [value(Object.values(v).join(' '))];
	return [value(v)];
}

const time = t => t ? t.replace('T', ' ').replace('Z', ' UTC') : '';

/* [label, children...] for each; without an entry nothing. */
function list(entries) {
	const rows = entries.filter(e => e[1] !== undefined && e[1] !== '');
	return rows.length ? el('dl', rows.map(([name, ...what]) => [el('dt', name), el('dd', ...what)]).flat()) : null;
}

const members = (object, omit) => Object.keys(object || {}).filter(k => !omit.includes(k)).map(k => [label(k), ...shown(k, object[k])]);

function event(e) {
	const rows = members(e, ['type', 'dose', 'totalDoses', 'doseDerived', 'subpotent']);
	if (e.dose !== undefined)
		rows.splice(1, 0, ['Dose', `${e.dose}${e.totalDoses !== undefined ? ' of ' + e.totalDoses : ''}${e.doseDerived ? ' (counted here: the card numbers none)' : ''}`]);
	if (e.subpotent)
		rows.splice(1, 0, ['Dose', 'less than a full one']);
	return el('div.event', el('h3', KINDS[e.type] || e.type), list(rows));
}

/* What is no event: a line of medications, or where a link leads. */
const piece = (title, object) => el('div.event', el('h3', title), list(members(object, [])));

function record(report) {
	const r = report.record;
	if (!r)
		return el('section.card', el('h2', 'Record'),
			el('p', 'Nothing of the content is shown, because nothing proves that it is what an issuer signed.'));
	const name = r.name || {};
	const full = name.text || [name.given, name.family].filter(Boolean).join(' ') ||
		[name.givenTransliterated, name.familyTransliterated].filter(Boolean).join(' ');
	const person = [['Born', r.birthDate], ['Sex', r.sex]].filter(e => e[1]).map(([k, v]) => [k, value(v)]);
	const warning = report.verdict === 'verified' ? null
		: el('p.warn', 'The signature is genuine, but the certificate as a whole was not accepted.');
	return el('section.card', el('h2', 'Record'), warning, el('p.person', full ? value(full) : r.link ? 'A health link: its signature says nothing of what is there' : 'No name'),
		list([...person, ...members(name, ['text']), ...members(r, ['name', 'birthDate', 'sex', 'certificate', 'events', 'link', 'medications']),
			...members(r.certificate, ['period', 'issuer'])]),
		r.link ? piece('Link', r.link) : null, (r.medications || []).map(m => piece('Medication', m)), (r.events || []).map(event));
}

function issuer(report) {
	const i = report.issuer, v = report.validity || {};
	if (!i && !report.validity)
		return null;
	const rows = members(i, ['environment']);
	if (i && i.environment && i.environment !== 'production')
		rows[0].push(el('span.badge', `${i.environment} keys: not for real decisions`));
	const proven = report.checks.some(c => c.name === 'signature' && c.status === 'pass');
	return el('section.card', el('h2', proven ? 'Issuer and validity' : 'Issuer that it names, not proven'), list([...rows,
		['Issued', time(v.from)], ['Expires', time(v.until)], ['Judged at', time(report.at)]]));
}

function raw(answer) {
	return el('details.card', el('summary', 'The answer as JSON'), el('pre', JSON.stringify(answer, null, 2)));
}

function full(report) {
	if (report.error)
		return [problem(report.error, 0)];
	const why = [checks(report), findings(report)], what = record(report);
	return [verdict(report), ...(report.verdict === 'verified' ? [what, ...why] : [...why, what]), issuer(report)];
}

/* ---- what went wrong before there was a report ---- */

const IN_WORDS = {
	'format.unknown': 'This is no certificate that Vidimus knows. Was the text copied whole, from its first letters on?',
	'input.empty': 'There is nothing to verify yet: paste the text of a certificate, or choose a file.',
	'server.not_ready': 'The gateway has no usable trust list yet.',
	'server.stopping': 'The gateway is being stopped. Please try again in a moment.'
};

function problem(p, status, retry) {
	let text = IN_WORDS[p.code];
	if (!text && status === 413)
		text = `This is longer than the gateway reads${p.value ? ` (${bytes(Number(p.value))})` : ''}. Is it one certificate?`;
	if (!text && status === 429)
		text = `Too many requests came from your address. Please try again in ${retry || 'a few'} second${retry === '1' ? '' : 's'}.`;
	if (!text && status === 503)
		text = 'The gateway has too much to do at the moment. Please try again shortly.';
	text = text || sentence(p.title) || 'The gateway answered in a way that this page does not understand.';
	const title = status === 422 ? 'Not readable' : status >= 500 || status === 429 ? 'Not now' : 'Not accepted';
	const box = banner(['open', '!', title, text], p.code ? el('p.code', p.code) : null);
	box.dataset.problem = p.code || String(status);
	return box;
}

const offline = () => banner(['open', '!', 'No answer', 'The gateway could not be reached. Is the network there, and is the gateway running?']);

/* ---- asking ---- */

function show(nodes) {
	const list = nodes.flat(Infinity).filter(Boolean);
	$('result').replaceChildren(...list);
	const heading = $('result').querySelector('h2');
	if (heading)
		heading.focus({ preventScroll: true });
	if (list[0])
		list[0].scrollIntoView({ block: 'nearest' });
}

/* ---- a health link: the certificate that carries it, itself, the wrapper of each file, and each certificate inside, judged apart ---- */

const part = (title, row, good) => el('section.card', el('h2', title),
	el('p', sentence(row.status === 'pass' ? good : row.text), place(row)),
	(row.findings || []).length ? el('ul.findings', row.findings.map(f => el('li', sentence(f.text), place(f)))) : null);

function linkFile(file, i) {
	const unsigned = file.entries.length === 0 ? null : file.entries.map(full).flat();
	return [el('h2.entry', `File ${i + 1}${file.contentType ? ': ' + file.contentType : ''}`),
		part('Its wrapper', file.wrapper, file.wrapper.text), unsigned];
}

function link(answer) {
	const row = VERDICTS[answer.verdict] || VERDICTS.indeterminate;
	const box = banner([row[0], row[1], row[2], answer.verdict === 'verified' ? 'Every certificate that the link leads to is genuine, and valid at this time.'
		: sentence(answer.reason === answer.link.reason ? answer.link.text : 'one of the parts below decides')], answer.reason ? el('p.code', answer.reason) : null);
	box.dataset.verdict = answer.verdict;
	$('secret').hidden = !/^link.passcode/.test(answer.reason || '');
	if (!$('secret').hidden && answer.link.remainingAttempts !== undefined)
		$('attempts').textContent = `${answer.link.remainingAttempts} attempts remain.`;
	const itself = part(`The link${answer.link.label ? ' “' + answer.link.label + '”' : ''}${answer.link.host ? ' to ' + answer.link.host : ''}`, answer.link, answer.link.text);
	const carrier = answer.certificate ? [el('h2.entry', 'The certificate with the link'), full(answer.certificate)] : null;
	show([box, carrier, itself, answer.files.map(linkFile), raw(answer)]);
	if (!$('secret').hidden)
		$('passcode').focus();
}

function render(answer) {
	if (answer.link)
		return link(answer);
	$('secret').hidden = true;
	if (!Array.isArray(answer.entries))
		return show([...full(answer), attestCard(answer, question), raw(answer)]);
	const title = banner([...(VERDICTS[answer.verdict] || VERDICTS.indeterminate).slice(0, 2),
		`${answer.entries.length} certificates`, 'The verdict of the worst of them; each follows.']);
	title.dataset.verdict = answer.verdict;
	show([title, answer.entries.map((r, i) => [el('h2.entry', `Certificate ${i + 1}`), ...full(r)]).flat(), raw(answer)]);
}

async function ask(body, type) {
	question = { body, type };
	const mine = ++asked; /* only the last question's answer is shown */
	const stop = new AbortController(), timer = setTimeout(() => stop.abort(), WAIT);
	$('verify').disabled = true;
	$('result').setAttribute('aria-busy', 'true');
	try {
		const r = await fetch('/v1/verify', { method: 'POST', body, headers: { 'Content-Type': type, Accept: 'application/json, application/problem+json' },
			signal: stop.signal, credentials: 'omit', cache: 'no-store' });
		const answer = await r.json().catch(() => ({}));
		await welcomed;
		if (mine === asked)
			r.ok && answer.verdict ? render(answer) : show([problem(answer, r.status, r.headers.get('Retry-After')), raw(answer)]);
	} catch {
		if (mine === asked)
			show([offline()]);
	} finally {
		clearTimeout(timer);
		if (mine === asked) {
			$('verify').disabled = false;
			$('result').removeAttribute('aria-busy');
		}
	}
}

function submit(e) {
	if (e)
		e.preventDefault();
	const text = $('text').value.trim(), passcode = $('secret').hidden ? '' : $('passcode').value;
	if (text && passcode)
		ask(JSON.stringify({ credential: text, passcode }), 'application/json');
	else if (binary)
		ask(binary, 'application/octet-stream');
	else if (text)
		ask(text, 'text/plain');
	else
		show([problem({ code: 'input.empty' }, 422)]);
}

/* A file of text goes to the field, one of bytes is sent as it is. */
async function take(file) {
	const data = new Uint8Array(await file.arrayBuffer());
	binary = null;
	$('text').value = '';
	if (/^image\/|pdf$/.test(file.type))
		return show([banner(['open', '!', 'A picture', 'Please scan the QR code with a camera or an app, and paste the text that it gives.'])]);
	try {
		$('text').value = new TextDecoder('utf-8', { fatal: true }).decode(data);
	} catch {
		binary = data;
		$('text').placeholder = `${file.name}: ${bytes(data.length)}, not text`;
	}
	return submit();
}

function forget() {
	asked++;
	binary = null;
	$('form').reset();
	$('text').placeholder = HINT;
	$('secret').hidden = true;
	$('verify').disabled = false;
	$('result').replaceChildren();
	$('text').focus();
}

async function welcome() {
	try {
		const known = await (await fetch('/v1/schemes')).json();
		forms = known.forms || [];
		$('schemes').textContent = 'Understood: ' + known.schemes.map(s => s.title || s.name).join(', ') + '.';
		if (!(await fetch('/readyz')).ok) {
			$('notice').textContent = 'This gateway has no usable, fresh trust list: no certificate can be verified until it has one.';
			$('notice').hidden = false;
		}
	} catch { /* the first question will tell */ }
}

$('form').addEventListener('submit', submit);
$('clear').addEventListener('click', forget);
$('text').addEventListener('input', () => { binary = null; });
$('text').addEventListener('keydown', e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) submit(e); });
$('file').addEventListener('change', e => { if (e.target.files[0]) take(e.target.files[0]); e.target.value = ''; });
for (const kind of ['dragover', 'dragleave', 'drop'])
	$('form').addEventListener(kind, e => {
		e.preventDefault();
		$('form').classList.toggle('dropping', kind === 'dragover');
		if (kind === 'drop' && e.dataTransfer.files[0])
			take(e.dataTransfer.files[0]);
	});
welcomed = welcome();
if (location.hash.length > 1 && location.hash !== '#text') {
	try {
		$('text').value = decodeURIComponent(location.hash.slice(1));
		submit();
	} catch { /* not encoded as it must be */ }
	history.replaceState(null, '', location.pathname);
} else {
	$('text').focus();
}
