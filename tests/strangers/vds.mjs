// vds.mjs - VDS-NC: canonical JSON by canonicalize, the barcode certificate and the signature by node's crypto.
import canonicalize from 'canonicalize';
import { X509Certificate, verify as verifySignature } from 'node:crypto';
import { must, replaced } from './aid.mjs';

export const by = 'canonicalize 2.1.0, node';
export const forms = ['vds-nc'];

export async function verify(text, { keys, now }) {
	try {
		const { data, sig } = JSON.parse(text);
		const certificate = new X509Certificate(Buffer.from(sig.cer, 'base64url'));
		const above = new X509Certificate(keys.of('csca-icao').certificate);
		must('ES256', sig.alg === 'ES256');
		must('the certificate is its authority\'s', certificate.checkIssued(above) && certificate.verify(above.publicKey));
		must('it is in its time', new Date(certificate.validFrom) <= now && now < new Date(certificate.validTo));
		const key = { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' };
		must('signature', verifySignature('sha256', Buffer.from(canonicalize(data)), key, Buffer.from(sig.sigvl, 'base64url')));
		must('header', data.hdr.t.startsWith('icao.') && data.hdr.v === 1);
		return { ok: true, why: '' };
	} catch (e) {
		return { ok: false, why: e.message };
	}
}

export const tampered = (text) => [
	['name', replaced(text, /"n":"/, '"n":"X')],
	['header', replaced(text, /"t":"icao/, '"t":"icbo')],
	['certificate', replaced(text, /"cer":"(.{200})./, (m, head) => `"cer":"${head}${m.endsWith('A') ? 'B' : 'A'}`)],
	['signature', replaced(text, /"sigvl":"./, (m) => `"sigvl":"${m.endsWith('A') ? 'B' : 'A'}`)],
];
