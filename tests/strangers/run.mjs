// run.mjs WORLD ATTESTED STATUS_LIST: every text in ATTESTED/FORM/*.txt by the check of its form: as it is, and, tampered
// with, not.  run.mjs --forms: the forms that have one.
// A check is a module with `by` (who verifies), `forms`, verify(text, about) -> {ok, why}, tampered(text) -> [[what, text]],
// and, where its form names a list of status, status(text, about) -> [[what, whether it is so]].
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf } from './aid.mjs';
import * as hc1 from './hc1.mjs';
import * as jwt from './jwt.mjs';
import * as shc from './shc.mjs';
import * as vc from './vc.mjs';
import * as vds from './vds.mjs';

const checks = [vc, jwt, hc1, shc, vds];

const [world, attested, statusList] = process.argv.slice(2);
if (world === '--forms') {
	console.log(checks.flatMap((c) => c.forms).join(' '));
	process.exit(0);
}
const keys = keysOf(world);
const list = (form, url, index) => execFileSync(statusList, [world, form, url, String(index)], { encoding: 'utf8' });
let passed = 0, failed = 0;

function count(ok, what, why) {
	if (ok) passed++;
	else { failed++; console.log(`FAILED ${what}: ${why}`); }
}

for (const check of checks)
	for (const form of check.forms) {
		const folder = join(attested, form);
		const files = existsSync(folder) ? readdirSync(folder) : [];
		let altered = 0;
		count(files.length > 0, form, 'nothing was attested');
		for (const file of files) {
			const text = readFileSync(join(folder, file), 'utf8').trim();
			const about = { keys, form, list, now: new Date() };
			const { ok, why } = await check.verify(text, about);
			count(ok, `${form} ${file}`, why);
			for (const [what, bad] of check.tampered(text)) {
				altered++;
				count(!(await check.verify(bad, about)).ok, `${form} ${file}, altered: ${what}`, 'it is verified');
			}
		}
		if (check.status && files.length > 0) {
			const text = readFileSync(join(folder, files[0]), 'utf8').trim();
			for (const [what, so] of await check.status(text, { keys, form, list, now: new Date() }))
				count(so, `${form}, status: ${what}`, 'it is not so');
		}
		console.log(`${form}: ${files.length} by ${check.by}, ${altered} altered`);
	}
console.log(`strangers: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
