// aid.mjs - what every check needs: the gateway's keys as it publishes them, no network, texts that were tampered with.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Nothing is fetched while verifying.
globalThis.fetch = async (url) => { throw new Error(`${url}: no network here`); };

const names = { ES256: 'P-256', EdDSA: 'Ed25519' };

// The public half of the keys of a demo world: purpose -> {kid, issuer, jwk, certificate}; several under `all`.
export function keysOf(world) {
	const index = JSON.parse(readFileSync(join(world, 'own/index.json')));
	const all = index.keys.map((k) => ({
		purpose: k.purpose,
		kid: k.kid,
		issuer: k.issuer,
		curve: names[k.algorithm],
		jwk: createPublicKey({ key: Buffer.from(k.spki, 'base64'), format: 'der', type: 'spki' }).export({ format: 'jwk' }),
		certificate: k.certificate && Buffer.from(k.certificate, 'base64'),
	}));
	return { url: index.url, all, of: (purpose) => all.find((k) => k.purpose === purpose) };
}

export function must(what, holds) {
	if (!holds) throw new Error(what);
}

// The text with one thing changed; what is to be changed must be there.
export function replaced(text, from, to) {
	const altered = text.replace(from, to);
	if (altered === text) throw new Error(`${from} is not in the text`);
	return altered;
}

export const base64url = (text) => Buffer.from(text).toString('base64url');
export const fromBase64url = (text) => Buffer.from(text, 'base64url').toString();

// A compact JWS with its payload's text changed, then its header's, then a bit of its signature.
export function alteredJws(jws, from, to) {
	const [header, payload, signature] = jws.split('.');
	const last = signature[8] === 'A' ? 'B' : 'A';
	return [
		['payload', `${header}.${base64url(replaced(fromBase64url(payload), from, to))}.${signature}`],
		['header', `${base64url(replaced(fromBase64url(header), /ES256|EdDSA/, 'none'))}.${payload}.${signature}`],
		['signature', `${header}.${payload}.${signature.slice(0, 8)}${last}${signature.slice(9)}`],
	];
}
