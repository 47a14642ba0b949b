import type { IAuthenticateGeneric, ICredentialType, INodeProperties } from 'n8n-workflow';
import properties from './credential-form.json' with { type: 'json' };

/** A service account of Mixpanel. The node tests it, to distinguish a wrong region from a wrong password. */
export class MixpanelServiceAccountApi implements ICredentialType {
  name = 'mixpanelServiceAccountApi';
  displayName = 'Mixpanel Service Account API';
  icon = { light: 'file:mixpanel.svg', dark: 'file:mixpanel.dark.svg' } as const;
  documentationUrl = 'https://developer.mixpanel.com/reference/service-accounts';
  properties = properties as INodeProperties[];

  /** For n8n's HTTP Request node. */
  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: {
      auth: { username: '={{ $credentials.username }}', password: '={{ $credentials.password }}' },
    },
  };
}
