import type { GalleryEntry } from './entry.ts';

export const SERVICES: GalleryEntry[] = [
  {
    id: 'facebook-conversions',
    name: 'Facebook Conversions',
    about: 'Reports an event of up to 1000 customers to a dataset (pixel), with hashed e-mail and phone.',
    tags: ['Advertising'],
    settings: {
      method: 'POST',
      url: 'https://graph.facebook.com/[[ api_version = "v23.0" | 5 ]]/[[ dataset_id | 1 ]]/events',
      format: 'json',
      batch: true,
      batchSize: 1000,
      root: `{
  "data": [
    {% output customers separated by ',\\n    ' %}
  ]
}`,
      customer: `{
      "event_name": "[[ event_name = "Lead" | 2 ]]",
      "event_time": {{ time | int }},
      "action_source": "[[ action_source : enum(system_generated, email, website, app, phone_call, chat, physical_store, other) = "system_generated" | 3 ]]",
      "user_data": {
        "em": ["{{ customer.email | trim | lower | sha256 }}"],
        "ph": ["{{ customer.phone | replace('+', '') | replace(' ', '') | sha256 }}"]
      },
      "custom_data": { "currency": "[[ currency = "EUR" | 4 ]]", "value": {{ customer.last_order_total | default(0) | float }} }
    }`,
    },
    parameters: [
      { name: 'dataset_id', about: 'Id of the dataset (pixel) in the Events Manager.' },
      { name: 'event_name', about: 'A standard event such as Lead or Purchase, or one of your own.' },
      { name: 'action_source', about: 'Where it happened.' },
      { name: 'currency', about: 'ISO 4217 code of the value.' },
      { name: 'api_version', about: 'Version of the Graph API.' },
    ],
    properties: ['email', 'phone', 'last_order_total'],
    authentication: {
      kind: 'bearer',
      prefix: 'https://graph.facebook.com/',
      about: 'Custom header Authorization with the secret value “Bearer” and an access token of the dataset.',
    },
    links: [
      {
        label: 'Conversions API',
        url: 'https://developers.facebook.com/docs/marketing-api/conversions-api/using-the-api',
      },
    ],
  },
  {
    id: 'freshdesk',
    name: 'Freshdesk',
    about: 'Opens a ticket in the customer’s name.',
    tags: ['Support'],
    settings: {
      method: 'POST',
      url: 'https://[[ domain | 1 ]].freshdesk.com/api/v2/tickets',
      format: 'json',
      payload: `{
  "email": "{{ customer.email }}",
  "name": "{{ customer.first_name }} {{ customer.last_name }}",
  "subject": "[[ subject | 2 ]]",
  "description": "[[ description : text | 3 ]]",
  "status": 2,
  "priority": {{ [[ priority : enum(1, 2, 3, 4) = "1" | 4 ]] | int }},
  "tags": ["hookline"]
}`,
      parameters: { subject: 'Follow-up for {{ customer.first_name }}', description: 'Please call this customer.' },
    },
    parameters: [
      { name: 'domain', about: 'The part of your address before .freshdesk.com.' },
      { name: 'subject', about: 'Subject of the ticket; Jinja may be used.' },
      { name: 'description', about: 'Text of the ticket; HTML and Jinja may be used.' },
      { name: 'priority', about: '1 low, 2 medium, 3 high, 4 urgent.' },
    ],
    properties: ['email', 'first_name', 'last_name'],
    authentication: {
      kind: 'basic',
      prefix: 'https://your-domain.freshdesk.com/api/v2/',
      about: 'Basic authentication: your API key as the user name, any text as the password.',
    },
    links: [{ label: 'Create a ticket', url: 'https://developers.freshdesk.com/api/#create_ticket' }],
  },
  {
    id: 'hubspot-contacts',
    name: 'HubSpot contacts',
    about: 'Creates or updates up to 100 contacts in one request, found by their e-mail address.',
    tags: ['CRM'],
    settings: {
      method: 'POST',
      url: 'https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert',
      format: 'json',
      batch: true,
      batchSize: 100,
      root: `{
  "inputs": [
    {% output customers separated by ',\\n    ' %}
  ]
}`,
      customer: `{
      "idProperty": "email",
      "id": "{{ customer.email }}",
      "properties": {
        "email": "{{ customer.email }}",
        "firstname": "{{ customer.first_name }}",
        "lastname": "{{ customer.last_name }}",
        "phone": "{{ customer.phone }}",
        "lifecyclestage": "[[ lifecycle_stage : enum(subscriber, lead, marketingqualifiedlead, salesqualifiedlead, opportunity, customer) = "customer" | 1 ]]"
      }
    }`,
    },
    parameters: [{ name: 'lifecycle_stage', about: 'Lifecycle stage that the contacts get.' }],
    properties: ['email', 'first_name', 'last_name', 'phone'],
    authentication: {
      kind: 'bearer',
      prefix: 'https://api.hubapi.com/crm/',
      about: 'Custom header Authorization with the secret value “Bearer” and the token of a private app.',
    },
    links: [{ label: 'Contacts API', url: 'https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide' }],
  },
  {
    id: 'sendgrid',
    name: 'SendGrid',
    about: 'Sends a dynamic template by e-mail to up to 1000 customers in one request.',
    tags: ['E-mail'],
    settings: {
      method: 'POST',
      url: 'https://api.sendgrid.com/v3/mail/send',
      format: 'json',
      batch: true,
      batchSize: 1000,
      root: `{
  "from": { "email": "[[ from_email | 1 ]]", "name": "[[ from_name | 2 ]]" },
  "template_id": "[[ template_id | 3 ]]",
  "personalizations": [
    {% output customers separated by ',\\n    ' %}
  ]
}`,
      customer: `{
      "to": [{ "email": "{{ customer.email }}", "name": "{{ customer.first_name }} {{ customer.last_name }}" }],
      "dynamic_template_data": { "first_name": "{{ customer.first_name }}" }
    }`,
      response: 'discard',
    },
    parameters: [
      { name: 'from_email', about: 'A verified sender.' },
      { name: 'from_name', about: 'The name that recipients see.' },
      { name: 'template_id', about: 'Id of the dynamic template; it begins with d-.' },
    ],
    properties: ['email', 'first_name', 'last_name'],
    authentication: {
      kind: 'bearer',
      prefix: 'https://api.sendgrid.com/v3/',
      about: 'Custom header Authorization with the secret value “Bearer” and an API key that may send mail.',
    },
    links: [{ label: 'Mail Send', url: 'https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send' }],
  },
  {
    id: 'zapier',
    name: 'Zapier',
    about: 'Starts a Zap that begins with “Webhooks by Zapier · Catch Hook”.',
    tags: ['Automation'],
    settings: {
      method: 'POST',
      url: '[[ hook_url | 1 ]]',
      format: 'json',
      payload: `{
  "email": "{{ customer.email }}",
  "first_name": "{{ customer.first_name }}",
  "last_name": "{{ customer.last_name }}",
  "message": "[[ message : text | 2 ]]"
}`,
      parameters: { message: 'sent by {{ scenario.name }}' },
    },
    parameters: [
      {
        name: 'hook_url',
        about: 'Address of the hook, as the trigger of the Zap shows it. Whoever knows it can start the Zap.',
      },
      { name: 'message', about: 'Any text for the next steps; Jinja may be used.' },
    ],
    properties: ['email', 'first_name', 'last_name'],
    authentication: null,
    links: [{ label: 'Webhooks by Zapier', url: 'https://help.zapier.com/hc/en-us/articles/8496288690317' }],
  },
  {
    id: 'google-sheets',
    name: 'Google Sheets',
    about: 'Adds a row for each customer by a small Apps Script of yours; up to 500 in one request.',
    tags: ['Automation'],
    settings: {
      method: 'POST',
      url: 'https://script.google.com/macros/s/[[ deployment_id | 1 ]]/exec',
      format: 'json',
      batch: true,
      batchSize: 500,
      root: `{
  "sheet": "[[ sheet = "Sheet1" | 2 ]]",
  "rows": [
    {% output customers separated by ',\\n    ' %}
  ]
}`,
      customer: `["{{ customer.email }}", "{{ customer.first_name }}", "{{ customer.last_name }}", {{ time | int }}]`,
      response: 'discard',
    },
    parameters: [
      {
        name: 'deployment_id',
        about:
          'Id of the web app’s deployment. Its doPost(e) reads JSON.parse(e.postData.contents), appends the rows and returns HtmlService.createHtmlOutput("ok"): ContentService would answer with a redirect, which counts as rejected.',
      },
      { name: 'sheet', about: 'Name of the sheet that gets the rows.' },
    ],
    properties: ['email', 'first_name', 'last_name'],
    authentication: null,
    links: [{ label: 'Web apps of Apps Script', url: 'https://developers.google.com/apps-script/guides/web' }],
  },
];
