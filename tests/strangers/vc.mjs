// vc.mjs - credentials with a proof inside, by @digitalbazaar/vc and its four suites.
import * as vc from '@digitalbazaar/vc';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { createVerifyCryptosuite as ecdsaJcs } from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import { cryptosuite as ecdsaRdfc } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import { createVerifyCryptosuite as eddsaJcs } from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import { cryptosuite as eddsaRdfc } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import { isDeepStrictEqual } from 'node:util';
import { replaced } from './aid.mjs';
import { loaderFor } from './contexts.mjs';

const suite = {
	vc: eddsaRdfc, 'vc-ecdsa': ecdsaRdfc, 'vc-eddsa-jcs': eddsaJcs(), 'vc-ecdsa-jcs': ecdsaJcs(),
};

export const by = '@digitalbazaar/vc 7.3.0';
export const forms = Object.keys(suite);

// The jcs suites, 1.0.0, compare the contexts of document and proof by identity, which no two objects of a parsed text
// have: equal ones are made one here, and nothing else is.
function unite(credential) {
	const { proof, '@context': contexts } = credential;
	if (isDeepStrictEqual(proof['@context'], contexts)) proof['@context'] = contexts;
	return credential;
}

const listSuites = [eddsaRdfc, ecdsaRdfc].map((cryptosuite) => new DataIntegrityProof({ cryptosuite }));

// lists: address -> status list credential; without, the status is not asked for.
export async function verify(text, { keys, form, lists, now }) {
	const documentLoader = await loaderFor(keys, lists);
	const ask = (options) => (lists ? checkStatus({ ...options, suite: listSuites }) : { verified: true });
	const result = await vc.verifyCredential({
		credential: unite(JSON.parse(text)),
		suite: new DataIntegrityProof({ cryptosuite: suite[form] }),
		documentLoader,
		checkStatus: async (options) => ask(options),
		now,
	});
	const why = result.error?.errors?.[0]?.message ?? result.error?.message ?? '';
	// "verified" says of a status that it could be read
	const revoked = result.statusResult?.results?.some((r) => r.status);
	return { ok: result.verified && !revoked, why };
}

// [[what, whether it is so]]: our list of status makes the difference, and only as it was signed.
export async function status(text, about) {
	const { statusListCredential: url, statusListIndex: index } = JSON.parse(text).credentialStatus;
	const signer = about.form.includes('ecdsa') ? 'vc-ecdsa' : 'vc';
	const judge = async (list) => (await verify(text, { ...about, lists: { [url]: JSON.parse(list) } })).ok;
	const others = about.list(signer, url, (Number(index) + 1) % 131072);
	const own = about.list(signer, url, index);
	return [
		['another is revoked', await judge(others)],
		['revoked', !(await judge(own))],
		['somebody else took the bit away', !(await judge(replaced(own, /"encodedList":"[^"]*"/, /"encodedList":"[^"]*"/.exec(others)[0])))],
	];
}

export function tampered(text) {
	const credential = JSON.parse(text);
	const subject = [credential.credentialSubject].flat()[0];
	const name = Object.values(subject.recipient).find((v) => v !== 'VaccineRecipient');
	const changes = [
		['name', JSON.stringify(name), JSON.stringify(`${name}x`)],
		['date', credential.validUntil, credential.validUntil.replace(/^..../, '2099')],
		['source', credential.evidence[0].sourceSha256, 'AAAA'],
		['issuer', `"id":"${credential.issuer.id}"`, `"id":"${credential.issuer.id}:x"`],
		['context', '#recipient"', '#patient"'],
		['proof', /"proofValue":"z...../, '"proofValue":"z11111'],
	];
	return changes.map(([what, from, to]) => [what, replaced(text, from, to)]);
}
