// hc1.mjs - HC1 texts: base45, zlib, COSE by cose-js, the certificate of the key by node's crypto.
import base45 from 'base45';
import cbor from 'cbor';
import cose from 'cose-js';
import { createHash, X509Certificate } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import { must } from './aid.mjs';

// Which of our keys signs the form, its authority, and the claim that the content stands under.
const about = {
	'eu-dcc': { purpose: 'dcc', authority: 'csca-dcc', content: (claims) => claims.get(-260).get(1) },
	ddcc: { purpose: 'who', authority: 'sca-who', content: (claims) => claims.get(-260).get(3) ?? claims.get(-260).get(4) },
	icvp: { purpose: 'who', authority: 'sca-who', content: (claims) => claims.get(-260).get(-6) },
};

export const by = 'cose-js 0.9.0, cbor 8.1.0, base45 3.0.0';
export const forms = Object.keys(about);

const unpack = (text) => inflateSync(base45.decode(text.slice(4)));

function checkCertificate(key, authority, kid) {
	const certificate = new X509Certificate(key.certificate), above = new X509Certificate(authority.certificate);
	must('kid', createHash('sha256').update(key.certificate).digest().subarray(0, 8).equals(kid));
	must('the certificate is its authority\'s', certificate.checkIssued(above) && certificate.verify(above.publicKey));
	must('it is in its time', new Date(certificate.validFrom) <= new Date() && new Date() < new Date(certificate.validTo));
}

export async function verify(text, { keys, form, now }) {
	try {
		const { purpose, authority, content } = about[form];
		const key = keys.of(purpose), bytes = unpack(text);
		must('HC1:', text.startsWith('HC1:'));
		const verifier = { key: { x: Buffer.from(key.jwk.x, 'base64url'), y: Buffer.from(key.jwk.y, 'base64url') } };
		const payload = await cose.sign.verify(bytes, verifier);
		const header = cbor.decodeFirstSync(cbor.decodeFirstSync(bytes).value[0]);
		checkCertificate(key, keys.of(authority), header.get(4));
		const claims = cbor.decodeFirstSync(payload), seconds = now.getTime() / 1000;
		must('ES256', header.get(1) === -7);
		must('in its time', claims.get(6) <= seconds && seconds < claims.get(4));
		must('content', content(claims) !== undefined);
		return { ok: true, why: '' };
	} catch (e) {
		return { ok: false, why: e.message };
	}
}

// A bit of the header, of the middle of the content, and of the signature.
export function tampered(text) {
	const bytes = unpack(text);
	return [['header', 6], ['content', bytes.length >> 1], ['signature', bytes.length - 1]].map(([what, at]) => {
		const altered = Buffer.from(bytes);
		altered[at] ^= 1;
		return [what, `HC1:${base45.encode(deflateSync(altered))}`];
	});
}
