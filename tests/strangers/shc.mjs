// shc.mjs - SMART Health Cards: the signature and the name of the key by jose, the rest as the framework says.
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { must } from './aid.mjs';

export const by = 'jose 6.2.18';
export const forms = ['shc'];

// "shc:/" and pairs of digits, or the file.
function jwsOf(text) {
	if (text.startsWith('{')) return JSON.parse(text).verifiableCredential[0];
	must('shc:/', text.startsWith('shc:/'));
	return text.slice(5).match(/../g).map((pair) => String.fromCharCode(Number(pair) + 45)).join('');
}

export async function verify(text, { keys, now }) {
	try {
		const { jwk } = keys.of('shc');
		const { payload, protectedHeader: header } = await compactVerify(jwsOf(text), await importJWK(jwk, 'ES256'), { algorithms: ['ES256'] });
		must('kid', header.kid === await calculateJwkThumbprint(jwk));
		must('zip', header.zip === 'DEF');
		const card = JSON.parse(inflateRawSync(payload)), seconds = now.getTime() / 1000;
		must('its address is ours', card.iss.startsWith(keys.url) && !card.iss.endsWith('/'));
		must('in its time', card.nbf <= seconds && seconds < card.exp);
		must('type', card.vc.type.includes('https://smarthealth.cards#health-card'));
		must('a patient and more', card.vc.credentialSubject.fhirBundle.entry.length > 1);
		return { ok: true, why: '' };
	} catch (e) {
		return { ok: false, why: e.message };
	}
}

export function tampered(text) {
	const [header, payload, signature] = jwsOf(text).split('.');
	const content = inflateRawSync(Buffer.from(payload, 'base64url')).toString();
	const other = deflateRawSync(content.replace(/"family":"|"text":"|"given":\["/, (m) => `${m}x`)).toString('base64url');
	const cards = [
		['name', `${header}.${other}.${signature}`],
		['header', `${Buffer.from('{"zip":"DEF","alg":"none"}').toString('base64url')}.${payload}.${signature}`],
		['signature', `${header}.${payload}.${signature.slice(1)}${signature[0] === 'A' ? 'B' : 'A'}`],
	];
	return cards.map(([what, jws]) => [what, JSON.stringify({ verifiableCredential: [jws] })]);
}
