// The veterinary clinic of tests/apps with a few records, for the tests of pages.
import { client, serve } from './app.mjs';

export async function clinic() {
    const app = await serve('tests/apps/clinic', [
        { login: 'chief', name: 'Clara Chief', roles: 'chief' },
        { login: 'vet', name: 'Victor Vet', roles: 'vet' },
        { login: 'desk', name: 'Dora Desk', roles: 'reception' },
        { login: 'root', name: 'Ada Admin', roles: 'admin' },
    ]);
    const root = await client(app.url, 'root');
    const ward = await root.create('department', { name: 'Ward 1' });
    for (const id of [1, 2, 3])
        await root.call('PATCH', `/forms/user/records/${id}`, { department: ward.id });
    const chief = await client(app.url, 'chief');
    const medicine = await chief.create('medicine', { name: 'Amoxicillin', price: 12.5 });
    await chief.create('medicine', { name: 'Meloxicam', price: 8.9 });
    const keeper = await chief.create('keeper', { name: 'Anna Schmidt', mobile: '030 1234567',
        insurance: 'full', policy: 'AB123456', discount: 10 });
    const pet = await chief.create('pet', { name: 'Rex', keeper: keeper.id, species: 'dog',
        weight: 31.5, born_on: '2019-04-01', allergies: ['pollen'] });
    const visit = (values) => chief.create('visit', { pet: pet.id,
        starts_at: '2030-03-04T09:30', ...values });
    return { ...app, chief, root, medicine, keeper, pet, visit };
}
