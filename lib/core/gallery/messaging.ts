import { type GalleryEntry, header } from './entry.ts';

const META_PREFIX = 'https://graph.facebook.com/';
const META_BEARER = (what: string) => ({
  kind: 'bearer' as const,
  prefix: META_PREFIX,
  about: `Custom header Authorization with the secret value “Bearer” and ${what}.`,
});

export const MESSAGING: GalleryEntry[] = [
  {
    id: 'facebook-messenger',
    name: 'Facebook Messenger',
    about: 'Sends a text to a customer who has written to your page, by the Send API.',
    tags: ['Messaging'],
    settings: {
      method: 'POST',
      url: 'https://graph.facebook.com/[[ api_version = "v23.0" | 3 ]]/me/messages',
      format: 'json',
      payload: `{
  "recipient": { "id": "{{ customer.messenger_psid }}" },
  "messaging_type": "MESSAGE_TAG",
  "tag": "[[ tag : enum(CONFIRMED_EVENT_UPDATE, POST_PURCHASE_UPDATE, ACCOUNT_UPDATE) = "CONFIRMED_EVENT_UPDATE" | 2 ]]",
  "message": { "text": "[[ text : text | 1 ]]" }
}`,
      parameters: { text: 'Hi {{ customer.first_name }}, your order is on its way.' },
    },
    parameters: [
      { name: 'text', about: 'The message, at most 2000 characters; Jinja may be used.' },
      { name: 'tag', about: 'Why you write outside the 24 hours after the customer’s last message.' },
      { name: 'api_version', about: 'Version of the Graph API.' },
    ],
    properties: ['messenger_psid', 'first_name'],
    authentication: META_BEARER('a page access token'),
    links: [{ label: 'Send API', url: 'https://developers.facebook.com/docs/messenger-platform/reference/send-api' }],
  },
  {
    id: 'whatsapp-business',
    name: 'WhatsApp Business Cloud',
    about: 'Sends an approved message template to a phone number.',
    tags: ['Messaging'],
    settings: {
      method: 'POST',
      url: 'https://graph.facebook.com/[[ api_version = "v23.0" | 6 ]]/[[ phone_number_id | 1 ]]/messages',
      format: 'json',
      payload: `{
  "messaging_product": "whatsapp",
  "recipient_type": "individual",
  "to": "{{ customer.phone | replace('+', '') | replace(' ', '') }}",
  "type": "template",
  "template": {
    "name": "[[ template_name | 2 ]]",
    "language": { "code": "[[ language = "en" | 3 ]]" },
    "components": [
      {
        "type": "body",
        "parameters": [
          { "type": "text", "text": "[[ first_value | 4 ]]" },
          { "type": "text", "text": "[[ second_value | 5 ]]" }
        ]
      }
    ]
  }
}`,
      parameters: { first_value: '{{ customer.first_name }}', second_value: '20 %' },
    },
    parameters: [
      { name: 'phone_number_id', about: 'Id of the sending number, from the app’s WhatsApp settings.' },
      { name: 'template_name', about: 'Name of the approved message template; it must have two values in its body.' },
      { name: 'language', about: 'Language code of the template, such as en or en_US.' },
      { name: 'first_value', about: 'What stands for {{1}} in the template.' },
      { name: 'second_value', about: 'What stands for {{2}} in the template.' },
      { name: 'api_version', about: 'Version of the Graph API.' },
    ],
    properties: ['phone', 'first_name'],
    authentication: META_BEARER('a system user token'),
    links: [
      {
        label: 'Message templates of the Cloud API',
        url: 'https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates',
      },
    ],
  },
  {
    id: 'twilio-sms',
    name: 'Twilio SMS',
    about: 'Sends one text message to one phone number.',
    tags: ['Messaging'],
    settings: {
      method: 'POST',
      url: 'https://api.twilio.com/2010-04-01/Accounts/[[ account_sid | 1 ]]/Messages.json',
      headers: [header('Content-Type', 'application/x-www-form-urlencoded')],
      format: 'text',
      payload:
        "To={{ customer.phone | replace(' ', '') | urlencode }}&From={{ [[ sender | 2 ]] | urlencode }}&Body={{ [[ text : text | 3 ]] | urlencode }}",
      parameters: { text: 'Hi {{ customer.first_name }}, spring is here.' },
    },
    parameters: [
      { name: 'account_sid', about: 'Your account SID; it begins with AC.' },
      { name: 'sender', about: 'A number of yours such as +15005550006, or an alphanumeric sender.' },
      { name: 'text', about: 'The message; Jinja may be used.' },
    ],
    properties: ['phone', 'first_name'],
    authentication: {
      kind: 'basic',
      prefix: 'https://api.twilio.com/2010-04-01/',
      about:
        'Basic authentication: account SID (or API key SID) as the user name, auth token (or key secret) as the password.',
    },
    links: [{ label: 'Messages resource', url: 'https://www.twilio.com/docs/messaging/api/message-resource' }],
  },
  {
    id: 'cm-bulk-sms',
    name: 'CM.com bulk SMS',
    about: 'Sends text messages to up to 1000 customers in one request.',
    tags: ['Messaging'],
    settings: {
      method: 'POST',
      url: 'https://gw.messaging.cm.com/v1.0/message',
      format: 'json',
      batch: true,
      batchSize: 1000,
      root: `{
  "messages": {
    "authentication": { "producttoken": "[[ product_token | 1 ]]" },
    "msg": [
      {% output customers separated by ',\\n      ' %}
    ]
  }
}`,
      customer: `{
        "allowedChannels": ["SMS"],
        "from": "[[ sender | 2 ]]",
        "to": [{ "number": "{{ customer.phone | replace('+', '00') | replace(' ', '') }}" }],
        "body": { "type": "auto", "content": "[[ text : text | 3 ]]" }
      }`,
      parameters: { text: 'Hi {{ customer.first_name }}, spring is here.' },
    },
    parameters: [
      { name: 'product_token', about: 'Product token of your account. Whoever can open the scenario can read it.' },
      { name: 'sender', about: 'The sender: up to 11 letters and digits, or a number.' },
      { name: 'text', about: 'The message; Jinja may be used.' },
    ],
    properties: ['phone', 'first_name'],
    authentication: null,
    links: [{ label: 'Business Messaging API', url: 'https://developers.cm.com/messaging/docs/sms' }],
  },
  {
    id: 'slack',
    name: 'Slack',
    about: 'Posts a message into a channel by an incoming webhook.',
    tags: ['Messaging', 'Automation'],
    settings: {
      method: 'POST',
      url: '[[ webhook_url | 1 ]]',
      format: 'json',
      payload: `{
  "text": "[[ text : text | 2 ]]"
}`,
      response: 'text',
      parameters: { text: '{{ customer.first_name }} {{ customer.last_name }} has just ordered.' },
    },
    parameters: [
      {
        name: 'webhook_url',
        about: 'Address of the incoming webhook. Whoever knows it can post, so keep it to yourself.',
      },
      { name: 'text', about: 'The message; Slack’s mrkdwn and Jinja may be used.' },
    ],
    properties: ['first_name', 'last_name'],
    authentication: null,
    links: [
      { label: 'Incoming webhooks', url: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks' },
    ],
  },
];
