import { type GalleryEntry, header } from './entry.ts';

export const GENERIC: GalleryEntry[] = [
  {
    id: 'json',
    name: 'JSON',
    about: 'A JSON request for each customer, to any API.',
    tags: ['Generic'],
    settings: {
      method: 'POST',
      url: '[[ url | 1 ]]',
      format: 'json',
      payload: `{
  "email": "{{ customer.email }}",
  "name": "{{ customer.first_name }} {{ customer.last_name }}",
  "scenario": "{{ scenario.name }}"
}`,
    },
    parameters: [{ name: 'url', about: 'Address that takes the request.' }],
    properties: ['email', 'first_name', 'last_name'],
    authentication: null,
    links: [],
  },
  {
    id: 'xml',
    name: 'XML',
    about: 'An XML request for each customer, to any API.',
    tags: ['Generic'],
    settings: {
      method: 'POST',
      url: '[[ url | 1 ]]',
      format: 'xml',
      payload: `<?xml version="1.0" encoding="UTF-8"?>
<customer>
  <email>{{ customer.email }}</email>
  <name>{{ customer.first_name }} {{ customer.last_name }}</name>
  <scenario>{{ scenario.name }}</scenario>
</customer>`,
      response: 'text',
    },
    parameters: [{ name: 'url', about: 'Address that takes the request.' }],
    properties: ['email', 'first_name', 'last_name'],
    authentication: null,
    links: [],
  },
  {
    id: 'soap',
    name: 'SOAP',
    about: 'Calls an operation of a SOAP 1.1 service for each customer.',
    tags: ['Generic'],
    settings: {
      method: 'POST',
      url: '[[ url | 1 ]]',
      headers: [header('Content-Type', 'text/xml; charset=utf-8'), header('SOAPAction', '"[[ action | 3 ]]"')],
      format: 'xml',
      payload: `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <UpsertCustomer xmlns="[[ namespace | 2 ]]">
      <Email>{{ customer.email }}</Email>
      <FirstName>{{ customer.first_name }}</FirstName>
      <LastName>{{ customer.last_name }}</LastName>
    </UpsertCustomer>
  </soap:Body>
</soap:Envelope>`,
      response: 'text',
    },
    parameters: [
      { name: 'url', about: 'Address of the service.' },
      { name: 'namespace', about: 'Target namespace of the service, from its WSDL.' },
      { name: 'action', about: 'The operation’s soapAction, from its WSDL.' },
    ],
    properties: ['email', 'first_name', 'last_name'],
    authentication: null,
    links: [{ label: 'SOAP 1.1', url: 'https://www.w3.org/TR/2000/NOTE-SOAP-20000508/' }],
  },
];
