// jwt.mjs - credentials as JWT, of both data models: the signature by jose, the words by jsonld in safe mode.
import { compactVerify, importJWK, jwtVerify } from 'jose';
import jsonld from 'jsonld';
import { gunzipSync } from 'node:zlib';
import { alteredJws, fromBase64url, must } from './aid.mjs';
import { loaderFor } from './contexts.mjs';

export const by = 'jose 6.2.18, jsonld 9.0.0';
export const forms = ['vc-jwt', 'vc-jwt-1.1'];

const seconds = (text) => Date.parse(text) / 1000;

// VC-JOSE-COSE, 3.1: the payload is the credential.
async function credentialOf20(text, key, key_) {
	const { payload, protectedHeader: header } = await compactVerify(text, key, { algorithms: ['ES256'] });
	const credential = JSON.parse(new TextDecoder().decode(payload));
	must('typ and cty', header.typ === 'vc+jwt' && header.cty === 'vc');
	must('kid', header.kid === key_.kid);
	must('no claims beside it', !('vc' in credential) && !('vp' in credential));
	return credential;
}

// VC data model 1.1, 6.3.1: registered claims, and a `vc` claim that agrees with them.
async function credentialOf11(text, key, key_, now) {
	const { payload, protectedHeader: header } = await jwtVerify(text, key, { algorithms: ['ES256'], typ: 'JWT', currentDate: now });
	const { vc } = payload;
	must('kid', header.kid === key_.kid);
	must('iss', payload.iss === vc.issuer.id && header.kid.startsWith(`${payload.iss}#`));
	must('jti', payload.jti === vc.id);
	must('nbf', payload.nbf === seconds(vc.issuanceDate));
	must('exp', payload.exp === seconds(vc.expirationDate));
	return vc;
}

export async function verify(text, { keys, form, now }) {
	try {
		const own = keys.of('vc-ecdsa');
		const key = await importJWK(own.jwk, 'ES256');
		const credential = form === 'vc-jwt' ? await credentialOf20(text, key, own) : await credentialOf11(text, key, own, now);
		const documentLoader = await loaderFor(keys);
		const [expanded] = await jsonld.expand(credential, { documentLoader, safe: true });
		must('a subject', expanded['https://www.w3.org/2018/credentials#credentialSubject'].length > 0);
		return { ok: true, why: '' };
	} catch (e) {
		return { ok: false, why: e.message };
	}
}

// Both kinds of list: the list's signature, and the bit, counted from the left.
async function isRevoked(list, { statusListIndex: index, statusListCredential: url }, about) {
	const key = await importJWK(about.keys.of('vc-ecdsa').jwk, 'ES256');
	const { payload } = await compactVerify(list, key, { algorithms: ['ES256'] });
	const claims = JSON.parse(new TextDecoder().decode(payload));
	const credential = claims.vc ?? claims;
	const text = credential.credentialSubject.encodedList;
	must('its own address', credential.id === url);
	must('multibase in 2.0 alone', text.startsWith('u') === !claims.vc);
	const bits = gunzipSync(Buffer.from(claims.vc ? text : text.slice(1), 'base64url'));
	must('length', bits.length >= 16384);
	return (bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
}

export async function status(text, about) {
	const claims = JSON.parse(fromBase64url(text.split('.')[1]));
	const entry = (claims.vc ?? claims).credentialStatus;
	const index = Number(entry.statusListIndex);
	const others = about.list(about.form, entry.statusListCredential, (index + 1) % 131072);
	const own = about.list(about.form, entry.statusListCredential, index);
	return [
		['another is revoked', !(await isRevoked(others, entry, about))],
		['revoked', await isRevoked(own, entry, about)],
	];
}

export const tampered = (text) => alteredJws(text, '"VaccineRecipient"', '"VaccineRecipient","x":"y"');
