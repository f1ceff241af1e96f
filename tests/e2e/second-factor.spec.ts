import { randomUUID } from 'node:crypto';
import { expect, type Locator, type Page, test } from '@playwright/test';
import decodeQR from 'qr/decode.js';
import { prisma } from '../../lib/db/index.ts';
import { hashPassword } from '../../lib/services/password.ts';
import { codeOf, stepAt } from '../../lib/services/totp-code.ts';
import { expectAccessible, setTheme } from '../support/accessibility.ts';
import { application } from '../support/app.ts';

const PASSWORD = 'four words that nobody guesses';

/** What a camera would read from an element, as it is on the screen. */
async function scanned(element: Locator): Promise<string> {
  const picture = (await element.screenshot()).toString('base64');
  const blank = await element.page().context().newPage();
  const pixels = await blank.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { width, height } = image;
    return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
  }, picture);
  await blank.close();
  return decodeQR({ ...pixels, data: Uint8Array.from(pixels.data) });
}

/** Bytes of RFC 4648 base32. */
function decode32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${application().url}/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('a second factor is set up by scanning its code, and from then on a password alone opens nothing', async ({
  page,
}) => {
  const email = `careful-${randomUUID()}@example.com`;
  const project = await prisma().project.findFirstOrThrow({ where: { isDemo: true } });
  await prisma().user.create({
    data: {
      email,
      name: 'Careful',
      passwordHash: await hashPassword(PASSWORD),
      memberships: { create: { projectId: project.id, role: 'viewer' } },
    },
  });
  await signIn(page, email);
  await page.waitForURL(/\/p\//);
  await page.goto(`${application().url}/p/${project.id}/settings/access`);
  const read: string[] = [];
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(page, theme);
    await page.getByRole('tab', { name: 'Your account' }).click();
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Continue' }).click();
    const picture = page.getByRole('img', { name: 'QR code of the key' });
    await expect(picture).toBeVisible();
    await expectAccessible(page);
    const address = new URL(await scanned(picture));
    expect(decodeURIComponent(address.pathname)).toBe(`//totp/Hookline:${email}`.replace('//totp', ''));
    read.push(address.searchParams.get('secret')!);
    const typed = await page.getByText(/^([A-Z2-7]{4} ?){8}$/).innerText();
    expect(typed.replaceAll(' ', '')).toBe(read.at(-1));
  }
  expect(read[0], 'a key that was not confirmed is not offered again').not.toBe(read[1]);

  const codeAt = (steps: number) => codeOf(decode32(read[1]!), stepAt(Date.now()) + steps);
  await page.getByLabel('Code', { exact: true }).fill(codeAt(-1));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('dialog', { name: 'Keep these recovery codes' })).toBeVisible();
  await page.getByRole('button', { name: 'I have them' }).click();
  await expect(page.getByText('10 of 10 recovery codes are left')).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, email);
  await expect(page.getByText('The six digits of your authenticator app')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Code', { exact: true }).fill(codeAt(0));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/p\//);
});
