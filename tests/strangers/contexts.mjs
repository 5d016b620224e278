// contexts.mjs - the documents that credentials name, from packages alone, and our keys by their DID.
import { contexts } from '@digitalbazaar/credentials-context';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';

const DID = 'https://www.w3.org/ns/did/v1';
const STATUS_LIST_2021 = 'https://w3id.org/vc/status-list/2021/v1';

// The terms that status lists of 1.1 use, as its specification gives them; no package here brings the document along.
const SL = 'https://w3id.org/vc/status-list#';
const statusList2021 = {
	'@context': {
		'@protected': true,
		StatusList2021Entry: {
			'@id': `${SL}StatusList2021Entry`,
			'@context': {
				'@protected': true,
				id: '@id',
				type: '@type',
				statusPurpose: `${SL}statusPurpose`,
				statusListIndex: `${SL}statusListIndex`,
				statusListCredential: { '@id': `${SL}statusListCredential`, '@type': '@id' },
			},
		},
	},
};

async function multikey(key, did) {
	const module = key.curve === 'Ed25519' ? Ed25519Multikey : EcdsaMultikey;
	const pair = await module.fromJwk({ jwk: key.jwk, id: key.kid, controller: did });
	return pair.export({ publicKey: true, includeContext: true });
}

// A loader for jsonld and @digitalbazaar/vc: it knows these documents and no other.  more: address -> document.
export async function loaderFor(keys, more = {}) {
	const documents = new Map(contexts);
	const own = keys.all.filter((k) => k.purpose.startsWith('vc-'));
	const did = own[0].issuer ?? own[0].kid.split('#')[0];
	const methods = await Promise.all(own.map((k) => multikey(k, did)));

	documents.set(STATUS_LIST_2021, statusList2021);
	documents.set(did, {
		'@context': [DID, methods[0]['@context']],
		id: did,
		verificationMethod: methods.map(({ '@context': _, ...m }) => m),
		assertionMethod: methods.map((m) => m.id),
	});
	for (const m of methods) documents.set(m.id, m);
	for (const [url, document] of Object.entries(more)) documents.set(url, document);
	return async (url) => {
		if (!documents.has(url)) throw new Error(`${url} is not known here`);
		return { contextUrl: null, documentUrl: url, document: documents.get(url), tag: 'static' };
	};
}
