/* attest.mjs BROWSER URL TOKEN SAMPLE PROFILE: drives the page by keyboard alone, as a person would: verifies, picks a form, attests.
 * Prints one line for each thing seen; a picture goes to PROFILE.png. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [browser, url, token, sample, profile] = process.argv.slice(2);
const child = spawn(browser, ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`, '--window-size=1000,2600', '--remote-debugging-pipe'],
{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const waiting = new Map();
let number = 0, rest = '', session;
child.stdio[4].on('data', data => {
	const parts = (rest + data).split('\0');
	rest = parts.pop();
	for (const m of parts.map(p => JSON.parse(p)))
		if (m.method === 'Log.entryAdded' || m.method === 'Runtime.exceptionThrown')
			console.log('fault', JSON.stringify(m.params).slice(0, 300));
		else if (waiting.has(m.id))
			waiting.get(m.id)(m.result || {});
});
const send = (method, params = {}) => new Promise(done => {
	waiting.set(++number, done);
	child.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId: session }) + '\0');
});
const see = async expression => (await send('Runtime.evaluate', { expression, returnByValue: true })).result?.value;
const until = async (what, expression) => {
	for (let i = 0; i < 100; i++) {
		const v = await see(expression);
		if (v)
			return console.log(what, v);
		await new Promise(r => setTimeout(r, 100));
	}
	console.log('never', what);
};
const key = async (k, code) => {
	for (const type of ['keyDown', 'keyUp'])
		await send('Input.dispatchKeyEvent', { type, key: k, windowsVirtualKeyCode: code, text: k === 'Enter' && type === 'keyDown' ? '\r' : undefined });
};

setTimeout(() => { console.log('never ended'); child.kill(); process.exit(1); }, 50000).unref();
const { targetInfos } = await send('Target.getTargets');
session = (await send('Target.attachToTarget', { targetId: targetInfos.find(t => t.type === 'page').targetId, flatten: true })).sessionId;
await send('Log.enable');
await send('Runtime.enable');
await send('Page.enable');
await send('Page.navigate', { url: `${url}/#${encodeURIComponent(readFileSync(sample, 'utf8').trim())}` });
await until('verdict', `document.querySelector('[data-verdict]')?.dataset.verdict`);
await until('form', `document.getElementById('attest') && document.querySelectorAll('#target option').length`);
await see(`document.getElementById('target').focus(), 1`);
await key('S', 83); /* the list goes to "SMART Health Card" */
await see(`[...document.querySelectorAll('#target option')].find(o => o.textContent === 'SMART Health Card').selected = true`);
await key('Tab', 9);
await until('tab', `document.activeElement.id === 'token' && 'token'`);
await send('Input.insertText', { text: token });
await key('Enter', 13);
await until('code', `document.querySelector('#attested img.qr')?.naturalWidth > 20 && document.querySelector('#attested img.qr').alt`);
await until('rows', `document.querySelectorAll('#attested table.loss tbody tr').length`);
await until('mapped', `document.querySelector('#attested tr[data-fate=mapped]')?.textContent`);
await until('text', `document.querySelector('#attested textarea')?.value.slice(0, 5)`);
await until('download', `document.querySelector('#attested a[download]')?.download`);
await until('labels', `[...document.querySelectorAll('#attest select, #attest input')].every(e => e.labels.length === 1) && 'all'`);
const shot = await send('Page.captureScreenshot', { captureBeyondViewport: true });
writeFileSync(process.env.PAGE_PICTURE || `${profile}.png`, Buffer.from(shot.data, 'base64'));
await see(`document.getElementById('token').value = 'x'.repeat(30), document.getElementById('attest').requestSubmit(), 1`);
await until('refused', `document.getElementById('attested').dataset.problem`);
await send('Browser.close');
